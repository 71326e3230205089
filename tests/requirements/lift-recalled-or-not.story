# A recalled lift proves that it stands at the fire floor; one that does not come is told with what to do; one under inspection is
# shown as out of service.
rows LI-01 FL-02
site lifts
without alarm lift-1/recalled
without alarm lift-2/not-recalled
without alarm lift-2/inspection
without alarm lift-2/power
without act
00:05 command li lift-1/start start
00:06 expect wrote lift-1 coil 0 = 1
00:25 expect alarm lift-1/recall-command:start
00:25 expect alarm lift-1/recalled:feedback active
00:25 expect alarm lift-1/fire-mode:feedback
00:30 set lift-2/recall-command=true lift-2/floor=3
02:10 expect alarm lift-2/not-recalled:supervisory "key switch"
02:15 set lift-2/recall-command=false lift-2/inspection=true lift-2/power=false
02:22 expect alarm lift-2/inspection:disabled
02:22 expect alarm lift-2/power:mains-fault
02:25 end
