site linkages
# An isolated detector moves no linkage; its release proposes, and never acts.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true ahu-1/stopped false pump-9/running false
00:05 isolate li lp/d3 30 dust in the duct
00:10 edge lp/d3:fire true
00:20 release li lp/d3
# The same of one that its panel had disabled.
00:30 edge lp/d2:disabled true
00:31 edge lp/d2:fire true
00:32 edge lp/d2:disabled false
# Under test: a test moves nothing either.
00:40 test zhao lp/d1 10 smoke pole
00:41 edge lp/d1:fire true
00:42 test-end zhao
