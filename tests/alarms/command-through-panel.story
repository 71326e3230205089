# Silence and reset go through the panel that can be commanded; the other is reset by a person.
00:10 edge panel-2/d1:fire true
00:11 edge panel-1/d1:fire true
00:12 silence li
00:12.1 news panel-2/silence silence accepted
00:12.2 news panel-2/silence silence confirmed
# Nothing sounds any more: nothing is sent.
00:13 silence li
00:14 reset li building 2
00:15 ack li panel-2/d1:fire panel-1/d1:fire
00:16 reset li building 2
00:16.1 news panel-2/reset reset accepted
00:17 news panel-2/reset reset confirmed
00:17.5 edge panel-2/d1:fire false
00:37 wait
# A panel that does not answer is not commanded: what sounds is that it does not.
00:40 edge panel-2/d1:fire true
00:41 link panel-2 down
00:42 silence li
00:43 ack li panel-2/d1:fire panel-2/link:link-fault
00:44 reset li device panel-2
# The element's own disablement is a command of its own.
01:10 link panel-2 up
01:11 command li panel-2/d1 isolate
01:11.1 news panel-2/d1 isolate accepted
01:12 news panel-2/d1 isolate confirmed
