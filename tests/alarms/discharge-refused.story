site linkages
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true gas-1/released false
# A person's command alone never releases agent.
00:02 command li gas-1/run start
# One detection only, by a file that knows nothing of discharge: the class of the target decides.
00:05 edge lp/d7:fire true
00:06 do li hostile 0
# Addressed by a wildcard.
00:10 edge lp/d8:fire true
00:11 edge lp/d9:fire true
00:12 do li wild 0
# Two detections; whether spray is permitted is not known.
00:20 edge lp/d4:fire true
00:21 edge lp/d5:fire true
00:52 wait
00:53 do li gas 0
# Not permitted.
00:54 status lp/spray-allowed false lp/aborted false
00:55 do li gas 0
# Permitted, and the abort is pressed; then nobody knows.
00:56 status lp/spray-allowed true lp/aborted true
00:57 do li gas 0
00:58 status lp/aborted unknown
00:59 do li gas 0
# One detector cannot be read any more: one detection is left.
01:00 status lp/aborted false
01:01 edge lp/d5:fire unknown
01:02 do li gas 0
01:03 edge lp/d5:fire true
# Now everything stands. A person releases it; its evacuation delay begins, and the permission is read anew, in vain.
01:04 do li gas 0
01:45 wait
# Released once more; it is answered this time, with no.
01:50 do li gas 0
02:21 status lp/spray-allowed false lp/aborted false
