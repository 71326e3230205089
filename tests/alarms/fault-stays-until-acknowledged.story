# A fault is no latch of state, but its row stays until somebody has seen it.
00:10 edge io-1/power:mains-fault true
00:20 edge io-1/power:mains-fault false
00:30 ack li io-1/power:mains-fault
00:40 edge io-1/power:mains-fault true
00:50 ack li io-1/power:mains-fault
01:00 edge io-1/power:mains-fault false
