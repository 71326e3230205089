# While commissioning a panel registers its devices anew: one that is missing since then is announced.
rows FA-22
site small
without act
00:05 register chen panel-1
00:05 expect event registration-begun "panel-1"
00:10 set panel-1/l2-d14.event=absent panel-1/l2-d14.trouble=false panel-1/l2-d14.enabled=false panel-1/l2-d14.inactive=false
02:06 expect event registered "panel-1/l2-d14"
02:06 expect alarm panel-1/registration:fault active unacknowledged "missing"
02:07 end
