# A latched fire that nobody acknowledged sounds again when its isolation, or the panel's disablement, ends.
00:10 edge io-1/d9:fire true
00:11 edge panel-1/d1:fire true
00:20 edge io-1/d9:fire false
00:21 edge panel-1/d1:fire false
00:30 silence li
00:31 isolate li io-1/d9 10 dust
00:32 edge panel-1/d1:disabled true
00:40 release li io-1/d9
00:41 edge panel-1/d1:disabled false
00:50 ack li io-1/d9:fire panel-1/d1:fire
00:51 isolate li io-1/d9 10 dust
00:52 release li io-1/d9
