site linkages
# A delay that a person stops, and an action that starts before anybody does.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false
00:10 edge lp/d3:fire true
00:20 withdraw-action li auto 0
00:45 wait
00:46 do li auto 0
