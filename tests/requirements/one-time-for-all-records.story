# The clock of a panel is set by the gateway's own: only a supervisor may, and what is written is the site's time. Whatever happens on another bus is
# recorded by the same time, in the journal and outside.
rows FA-19
site keypad
without edit site.toml | timezone = "Asia/Shanghai" | timezone = "Europe/Berlin"
without act
00:05 command li panel-1/set-clock set-clock
00:05 expect answer refused not-permitted
00:10 command zhao panel-1/set-clock set-clock
00:10 expect answer done
00:12 expect wrote panel-1 holding 900 = 2026
00:12 expect wrote panel-1 holding 901 = 1
00:12 expect wrote panel-1 holding 902 = 1
00:12 expect wrote panel-1 holding 903 = 8
00:12 expect wrote panel-1 holding 904 = 0
00:16 expect event command-requested "2026-01-01T08:00:10.000+08:00" "by:" "zhao"
00:20 expect point panel-1/hour 8
01:00 set panel-1/m1.active=true panel-2/fault=true
01:05 expect event raised "2026-01-01T08:01:0"
01:05 expect event raised "2026-01-01T08:01:0"
01:05 expect published alarm/ "panel-1/m1" "2026-01-01T08:01:0"
01:05 expect published alarm/ "panel-2/fault" "2026-01-01T08:01:0"
01:10 end
