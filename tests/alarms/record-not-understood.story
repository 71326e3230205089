# What was not understood is kept and announced; it stays until somebody has looked at it, and counts.
00:10 record panel-9 unread 11/22/26 ???
00:11 record panel-9 unread 11/22/26 !!!
00:20 silence li
00:21 record panel-9 unread 11/22/26 ...
00:30 ack li panel-9/record:fault
00:40 record panel-9 unread again
00:50 kill
01:00 ack li panel-9/record:fault
