site linkages unread
# Unknown where it matters is announced, unless a link fault says so already.
00:01 edge lp/d1:fire false
00:02 edge lp/d2:fire false
00:03 edge lp/d3:fire false
00:04 edge lp/d10:fire false
00:05 edge lp/d7:fire false
00:06 edge lp/d4:fire false
00:07 edge lp/d5:fire false
# d6, d8 and d9 were never read: two of d4, d5 and d6 cannot be, one of d8 and d9 might.
00:20 edge lp/d8:fire false
# The link is lost: every linkage of this panel folds under its fault.
00:30 link lp down
00:45 link lp up
00:46 edge lp/d1:fire false
00:47 edge lp/d2:fire false
00:48 edge lp/d3:fire false
00:49 edge lp/d10:fire false
00:50 edge lp/d7:fire false
00:51 edge lp/d4:fire false
00:52 edge lp/d5:fire false
01:10 edge lp/d8:fire false
