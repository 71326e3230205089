# The parts of the system as the panel lists them: each device type is of its class, and what its activation means follows from it:
# a heat detector, a manual call point and a hydrant button are told apart, and each is a fire.
rows FA-20
site small
without alarm panel-1/l1-d4
without alarm panel-1/l1-m1
without alarm panel-1/l1-m41
00:05 set panel-1/l1-d4.event=fire panel-1/l1-d4.active=true panel-1/l1-d4.inactive=false
00:08 expect alarm panel-1/l1-d4:fire "detector-heat" "garage heat detector"
00:10 set panel-1/l1-m1.event=fire panel-1/l1-m1.active=true panel-1/l1-m1.inactive=false
00:13 expect alarm panel-1/l1-m1:fire "call-point" "manual call point"
00:15 set panel-1/l1-m41.event=fire panel-1/l1-m41.active=true panel-1/l1-m41.inactive=false
00:18 expect alarm panel-1/l1-m41:fire "hydrant-button"
00:30 end
