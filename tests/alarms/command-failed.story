# A command that fails is a fault at its point until somebody acknowledges it; failing again sounds again and counts.
00:10 command li pump-1/pump stop
00:10.1 news pump-1/pump stop failed:refused
00:20 ack li pump-1/pump:fault
00:30 command li pump-1/pump stop
00:30.2 news pump-1/pump stop accepted
00:40.2 news pump-1/pump stop failed:no-feedback
00:50 command li pump-1/pump stop
00:50.2 news pump-1/pump stop failed:no-answer
00:51 ack li pump-1/pump:fault
# Where the profile has a fault at the point itself, whose reads would end it, the failure stands beside it.
01:00 command li panel-2/d1 isolate
01:00.1 news panel-2/d1 isolate failed:link-down
01:01 edge panel-2/d1:fault true
01:02 edge panel-2/d1:fault false
01:03 ack li panel-2/d1.isolate:fault panel-2/d1:fault
# A pulse that cannot be ended is said, although its command was confirmed.
01:10 arm li pump-1/pump start
01:11 fire li pump-1/pump start
01:11.1 news pump-1/pump start accepted
01:12 news pump-1/pump start confirmed
01:13.2 news pump-1/pump start pulse-stuck:no-answer
