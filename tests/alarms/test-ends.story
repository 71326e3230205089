# The end of a test judges its points by their present state: quiet is gone, unknown must be looked at. Fire that was there
# before a test stays real; agent that is released is real unless its very point was named.
00:05 edge panel-1/d2:fire true
00:10 test li device:panel-1 30 yearly test
00:12 edge panel-1/d1:fire true
00:14 edge panel-1/d1:fire false
00:16 edge panel-1/m1:supervisory true
00:18 edge panel-1/d2:fire false
00:20 edge panel-1/d2:fire true
00:25 link panel-1 down
00:30 test-end li
# a test goes on after a restart, and so does its end
01:00 test li zone:2-04 2 again
01:05 edge io-1/d9:fire true
01:10 kill
01:11 edge io-1/d9:fire true
01:20 edge io-1/lift:emergency true
03:01 wait
