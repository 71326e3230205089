# A fire that is real: sounders and broadcast at the place, not elsewhere; the brigade is called, and who called it is recorded; extinguishing starts.
# What a person does next says each of these until it is done.
rows FA-02
site true-fire
without linkage at-the-place
without linkage extinguish
without alarm panel-1/s1
without edit panel-1.csv | sounder,1,1,2 | sounder,1,1,3
without act
00:05 set panel-1/d1.alarm=true
00:07 expect alarm panel-1/d1:fire active sounding first
00:10 silence li
00:12 ack li panel-1/d1:fire
00:15 expect wrote panel-1 none
00:20 judge li panel-1/d1:fire real
00:20 expect page /api/v1/alarms "call the fire brigade"
00:20 expect event linkage-met "at-the-place[2]"
00:21 expect wrote panel-1 coil 0 = 1
00:21 expect wrote broadcast-1 coil 4 = 1
00:23 expect wrote pump-1 coil 0 = 1
00:25 call li panel-1/d1:fire 119 district brigade, on its way
00:25 expect event call-made "119" "district brigade" "user:li"
00:25 expect published alarm/ "called:119" "by:li"
00:25 expect page /api/v1/alarms "meet the brigade" lacks "call the fire brigade"
00:30 expect alarm panel-1/s1:feedback active "Floor 2 sounder"
00:30 expect none panel-1/s2:feedback
00:30 expect alarm broadcast-1/floor-2:feedback active
00:30 expect none broadcast-1/floor-3:feedback
00:30 expect alarm pump-1/running:feedback active
00:40 expect events feedback-missing = 0
00:45 end
