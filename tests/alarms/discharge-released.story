site linkages
# Two detections, spray permitted and read anew, abort known and not pressed: the agent is released, after its delay.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true lp/spray-allowed true lp/aborted false gas-1/released false
00:10 edge lp/d4:fire true
00:12 edge lp/d5:fire true
# The call point of the same room does not shorten the evacuation delay, whatever the file says.
00:20 edge lp/c1:fire true
# At 00:42 its delay is over. The permission is half a minute old, so it is asked for.
00:43 status lp/spray-allowed true lp/aborted false
00:45 status gas-1/released true
# Withdrawing it is a person's act.
00:50 withdraw-action li gas 0
