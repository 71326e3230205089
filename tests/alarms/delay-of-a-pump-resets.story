site linkages
# The delay of a linkage that starts a pump keeps nobody from resetting.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true pump-9/running false ahu-1/stopped false
00:10 edge lp/d3:fire true
00:12 ack li lp/d3:fire
00:13 reset li device lp
