site linkages
# In a drill nothing is commanded, by a linkage or for a person's release; a fire that is judged real is no drill.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false ahu-1/stopped false
00:05 drill zhao 2 30 spring drill
00:10 edge lp/d3:fire true
00:11 do li auto 0
00:12 command li fan-1/run start
00:20 judge li lp/d3:fire real
00:21 do li auto 0
00:22 command li fan-1/run start
