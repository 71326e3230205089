# Large meters: the flow of each is known once its window is full; a burst main shows as a sharp rise, a meter that stands still as
# stopped, and water drawn from a public hydrant within minutes, at any hour.
rows MT-01
site meters
without alarm meters-1/meter-1
without alarm meters-1/meter-2
without alarm meters-1/hydrant-3
00:05 step ramp = [{ point = "meters-1/meter-1.volume", to = 18552.5, over = "12h" }, { point = "meters-1/meter-2.volume", to = 112, over = "4h" }]
00:06 set meters-1/meter-2.volume=100
00:20 expect unknown meters-1/meter-1.flow
65:00 expect point meters-1/meter-1.flow 10
65:00 expect none meters-1/meter-1:limit:high
70:00 ramp meters-1/hydrant-3.drawn to 22.1 over 3600s
78:00 expect alarm meters-1/hydrant-3:supervisory sounding "Send somebody to look"
78:00 expect published alarm/ "East gate public hydrant meter"
725:00 ramp meters-1/meter-1.volume to 18672.5 over 3600s
735:00 expect none meters-1/meter-1:limit:high
790:00 expect alarm meters-1/meter-1:limit:high "Look for a leak"
1000:00 expect alarm meters-1/meter-2:fault "changed as urgent"
1001:00 end
