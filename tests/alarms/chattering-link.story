# A line that comes and goes: one row that stays, also over a restart. Nothing is known then, and the mark does not end
# before it was seen to hold still.
00:10 link io-1 down
00:12 link io-1 up
00:14 link io-1 down
00:16 link io-1 up
00:18 link io-1 down
00:20 link io-1 up
00:22 link io-1 down
00:24 ack li io-1/link:link-fault
00:26 link io-1 up
00:30 kill 10
06:00 link io-1 up
11:01 wait
