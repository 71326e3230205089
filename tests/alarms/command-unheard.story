# After a restart nobody knows what became of a command, and it is not sent again; nor when its bus says nothing.
00:10 command li#k pump-1/pump stop
00:10.1 news pump-1/pump stop accepted
00:11 kill
# The same key is the same act: nothing is sent.
00:12 command li#k pump-1/pump stop
# What the old process's bus might still say comes too late.
00:13 ack li pump-1/pump:fault
00:20 command li pump-1/pump stop
00:21 ack li pump-1/pump:fault
00:50 wait
# A pulse whose end nobody saw.
01:00 arm li pump-1/pump start
01:01 fire li pump-1/pump start
01:01.1 news pump-1/pump start accepted
01:02 news pump-1/pump start confirmed
01:02.5 kill
