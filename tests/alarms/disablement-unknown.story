# Whether the panel still disables a point is unknown: a new fire there sounds.
00:10 edge panel-1/d1:disabled true
00:20 link panel-1 down
00:30 link panel-1 up
00:31 edge panel-1/d1:fire true
# it is disabled, and says so
00:32 edge panel-1/d1:disabled true
00:33 edge panel-1/d1:disabled false
