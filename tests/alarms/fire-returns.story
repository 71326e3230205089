# A fire that goes quiet and active again while open is counted, owes a new acknowledgement and sounds again.
00:10 edge io-1/d9:fire true
00:12 ack li io-1/d9:fire
00:20 edge io-1/d9:fire false
00:30 edge io-1/d9:fire true
00:40 edge io-1/d9:fire false
00:45 reset li device io-1
00:46 ack li io-1/d9:fire
00:47 reset li device io-1
00:48 judge li io-1/d9:fire false burnt toast
