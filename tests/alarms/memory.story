# What a device noted itself: every entry is told once, and what nobody saw live is announced until somebody knows of it.
# The first reading is history, whatever it holds.
00:01 memory io-1 100:1 200:2
# Nothing new is nothing.
00:02 memory io-1 100:1 200:2
# Seen live: the entries tell of the same fire (its two levels), and of mains that nobody has to be told of twice.
00:10 edge io-1/d9:fire true
00:11 edge io-1/power:mains-fault true
00:12 memory io-1 100:1 200:2 310:2 312:3 313:4
00:13 ack li io-1/d9:fire io-1/power:mains-fault
00:14 edge io-1/power:mains-fault false
00:15 edge io-1/d9:fire false
00:16 reset li building 2
# The device is away. Meanwhile a fire comes and goes, and the mains go and come back. Its memory overflows by two.
00:20 link io-1 down
01:20 link io-1 up
01:21 memory io-1 312:3 313:4 340:2 350:4 355:5 360:1
# Announced until acknowledged, and acknowledging ends it: no source can take it back.
01:30 ack li io-1/memory:fire
01:31 ack li io-1/memory:mains-fault
# A restart tells nothing twice.
01:40 kill
01:41 link io-1 up
01:42 memory io-1 312:3 313:4 340:2 350:4 355:5 360:1
# What came while nobody was there is told, what is open and was seen before is not announced anew.
01:50 edge io-1/d9:fire true
01:51 kill
02:30 link io-1 up
02:30 edge io-1/d9:fire true
02:31 memory io-1 340:2 350:4 355:5 360:1 430:2 440:4
# One activation explains one entry of a code: the second fire was another one.
02:40 ack li io-1/d9:fire io-1/memory:mains-fault
02:41 edge io-1/d9:fire false
02:42 edge io-1/d9:fire true
02:43 memory io-1 355:5 360:1 430:2 440:4 500:2 502:2
