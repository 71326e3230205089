site linkages
# The evacuation delay of a linkage runs: neither the panel that detected, nor the device that would release, nor their
# building is reset.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true lp/spray-allowed true lp/aborted false gas-1/released false
00:10 edge lp/d4:fire true
00:11 edge lp/d5:fire true
00:12 ack li lp/d4:fire lp/d5:fire
00:13 reset li device lp
00:14 reset li building 2
00:15 reset li device gas-1
# Somebody withdraws it: there is nothing left to wait for.
00:20 withdraw-action li gas 0
00:21 reset li device lp
