# A memory that was cleared, a clock that was set, codes that nobody knows, a memory that cannot be read.
00:01 memory io-1 100:1 200:2 210:5
# An unknown code is kept and announced; what is only a state or only history is not.
00:10 memory io-1 100:1 200:2 210:5 300:99 310:6 320:1
00:11 ack li io-1/memory:fault
# The device's clock was set back: said, and nothing is taken for known or told twice.
00:20 memory io-1 200:2 210:5 300:99 310:6 320:1 50:2
00:21 ack li io-1/memory:fire
# The same second, the same code, twice: two entries.
00:30 memory io-1 300:99 310:6 320:1 50:2 60:1 60:1
# Cleared: that is said once. What comes after it is news.
00:40 memory io-1
00:41 memory io-1
00:50 memory io-1 20:1
# Another device is there, or more came than it holds: all of it is told once.
01:00 memory io-1 900:1 910:2
01:01 memory io-1 900:1 910:2
01:02 ack li io-1/memory:fire
# A memory that cannot be read although its device answers is a fault, which ends when it can.
01:10 memory io-1 refused
01:11 memory io-1 refused
01:12 link io-1 down
01:13 link io-1 up
01:14 memory io-1 900:1 910:2
01:20 ack li io-1/memory:link-fault io-1/link:link-fault
# A device that is starting shows an empty memory for a moment; what comes back with its own is not told again.
01:30 memory io-1
01:31 memory io-1 900:1 910:2 920:1
