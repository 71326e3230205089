# An exception on a mapped alarm register is a fault, not a skip.
00:10 link panel-1/d1:fire down
00:20 ack li panel-1/d1:link-fault
00:30 link panel-1/d1:fire up
