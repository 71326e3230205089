# The display has a window for alarms, for actions and for faults, each with its count; all of them on one screen, or one enlarged, which shows its
# own rows alone and all of them; each is switched to by its key.
rows FA-14
site true-fire
without alarm panel-1/d1
without alarm pump-1/running
without alarm panel-1/d2
00:05 set panel-1/d1.alarm=true panel-1/d2.trouble=true pump-1/running=true
00:10 expect page /api/v1/state "alarms:{total:2" "actions:{total:1" "faults:{total:1"
00:10 expect page /phone "href=/phone?window=alarms accesskey=1" "href=/phone?window=actions accesskey=2" "href=/phone?window=faults accesskey=3" "href=/phone?window=split accesskey=5"
00:10 expect page /phone "Floor 2 corridor smoke detector" "Floor 3 corridor smoke detector" "Sprinkler pump 1"
00:10 expect page /phone?window=split "id=window-alarms" "id=window-actions" "id=window-faults" "Floor 2 corridor" "Floor 3 corridor" "Sprinkler pump 1"
00:10 expect page /phone?window=faults "row-new cat-fault" lacks "row-new cat-fire" "row-shown cat-feedback"
00:10 expect page /phone?window=alarms "row-new cat-fire" lacks "row-new cat-fault" "row-shown cat-feedback"
00:10 expect page /phone?window=actions "cat-feedback" lacks "row-new cat-fault" "row-new cat-fire"
00:15 end
