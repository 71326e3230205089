# A point disabled at the panel: mirrored, silent, still on show; enabled again it sounds at once.
00:10 edge panel-1/d1:disabled true
00:20 edge panel-1/d1:fire true
00:30 edge panel-1/d1:disabled false
