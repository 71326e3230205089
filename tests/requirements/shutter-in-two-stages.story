# A shutter on an escape route comes half way down on smoke and closes on heat; each stage is proven, and one that does not come is
# told with what to do by hand.
rows SH-01
site shutters
without alarm shutter-1/half-limit
without alarm shutter-1/closed-limit
without alarm shutter-1/close-not-reached
without act
00:05 command chen shutter-1/half half
00:06 expect wrote shutter-1 coil 0 = 1
00:08 expect point shutter-1/moving true
00:30 expect alarm shutter-1/half-command:start
00:30 expect alarm shutter-1/half-limit:feedback active
00:40 command li shutter-1/start start
00:41 expect wrote shutter-1 coil 1 = 1
01:25 expect alarm shutter-1/closed-limit:feedback active
01:25 expect published alarm/ "shutter-1/closed-limit:feedback"
01:30 set shutter-1/closed-limit=false
03:40 expect alarm shutter-1/close-not-reached:supervisory "Clear what is under it"
03:45 end
