# A reset that its panel never confirmed: what is found active afterwards is a new episode and sounds.
00:10 edge io-1/d9:fire true
00:12 ack li io-1/d9:fire
00:15 link io-1 down
00:20 reset li device io-1
00:45 link io-1 up
00:46 edge io-1/d9:fire true
00:50 ack li io-1/d9:fire
# the same over a restart
01:00 reset li device io-1
01:01 kill
01:02 edge io-1/d9:fire true
01:03 ack li io-1/d9:fire
# quiet before the link was lost, active within the window: sounds at once, not at the end of the window
01:10 edge io-1/d9:fire false
01:11 link io-1 down
01:12 reset li device io-1
01:13 link io-1 up
01:14 edge io-1/d9:fire true
