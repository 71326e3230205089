# A pump that does not come up is one row: the step that failed folds under it, keeps its own row and makes no sound. When the
# row it folds under is isolated, or found to be nothing, it stands by itself and is heard.
rows FW-02 FA-04
site small
without sequence fire-pump start
without alarm pump-1/start-not-completed
without act
00:05 set pump-1/start-command=true pump-1/red-lamp=false
00:07 set pump-1/soft-starter-running=true pump-1/motor-current=240
00:45 expect alarm pump-1/start-not-completed:supervisory active sounding
00:45 expect alarm pump-1/start.bypass:fault active silent unacknowledged
00:45 expect event cause-judged "Follows from: Fire pump 1 Start not completed" "under"
00:46 expect published alarm/ "pump-1/start.bypass:fault" "consequence" "under"
00:50 isolate li pump-1/start-not-completed 60 contractor at work
00:51 expect alarm pump-1/start.bypass:fault active sounding
00:51 expect event cause-judged "it stands by itself"
00:55 release li pump-1/start-not-completed
00:56 expect alarm pump-1/start.bypass:fault silent
00:56 expect alarm pump-1/start-not-completed:supervisory sounding
01:00 judge li pump-1/start-not-completed:supervisory false wiring of the command
01:01 expect alarm pump-1/start.bypass:fault sounding
01:05 end
