# A linkage in manual: it proposes, and nothing is started until a person releases it, by name.
rows FA-13 FA-17
site true-fire
without linkage smoke-by-hand
without edit site.toml | mode = "manual" | mode = "auto"
without act
00:05 set panel-1/d1.alarm=true
00:08 expect event linkage-met "smoke-by-hand"
00:08 expect event action-proposed "manual"
00:40 expect wrote none
00:40 expect page /phone "In manual: smoke exhaust"
00:45 do li smoke-by-hand 0
00:47 expect event action-released "user:li"
00:47 expect wrote fan-1 coil 0 = 1
00:55 expect event feedback-arrived
00:55 expect point fan-1/running true
01:00 end
