# Isolating an element quiets all of it: its own conditions and those its class brings.
00:10 edge panel-1/d1.dirty:fault true
00:11 isolate li panel-1/d1 60 repair
00:12 edge panel-1/d1:fire true
00:13 edge panel-1/d2:fire true
00:14 silence li
# What its class finds while it is isolated is quiet, too.
00:15 edge panel-1/d1.dirty:fault false
00:16 ack li panel-1/d1.dirty:fault
00:17 edge panel-1/d1.dirty:fault true
# One condition of it cannot be isolated once more; what only begins alike is another element.
00:18 isolate li panel-1/d1.dirty 60 again
00:20 release li panel-1/d1
# The other way round: what was isolated by itself stays so when the element is released.
00:30 isolate li panel-1/d1.dirty 60 dust
00:31 isolate li panel-1/d1 60 repair
00:32 release li panel-1/d1
00:33 release li panel-1/d1.dirty
