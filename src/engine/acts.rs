//! Each act goes to the room whose work it is.
//!
//! Takes: an act the gate has let through.
//! Gives: what that room decided, or its [`Refusal`]; the devices that are to report anew.
//! Never: decides anything itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::alarm::{Decision, FactKind, KeepingFact, Live};
use super::{Act, Refusal, duty, linkage};

/// Carries out one act.
pub(super) fn carry_out(
    act: Act,
    decision: &mut Decision<'_>,
    live: &mut Live,
    linkage: &mut linkage::Machine,
    confirm: &mut BTreeSet<u32>,
) -> Result<(), Refusal> {
    match act {
        Act::Silence => {
            decision.silence();
            Ok(())
        }
        Act::Acknowledge { ids, note, counts } => decision.acknowledge(&ids, note, &counts),
        Act::Judge { id, verdict, cause } => decision.judge(id, verdict, cause),
        Act::Reset { scope } => decision.reset(scope).map(|devices| *confirm = devices),
        Act::Isolate { point, reason, review_at, purpose, order } => {
            decision.isolate(point, &reason, review_at, purpose, order)
        }
        Act::LinkOrder { id, order } => decision.link_order(id, &order),
        Act::Cancel { device } => decision.cancel(device),
        Act::Register { device } => decision.register(device),
        Act::Identify { device } => decision.identify(device),
        Act::ReportAbnormal { device, text } => decision.report_abnormal(device, &text),
        Act::ReportCall(report) => decision.report_call(report),
        Act::TestSound => {
            decision.test_sound();
            Ok(())
        }
        Act::CommandTyped { typed, confirm } => decision.command_typed(live, typed, confirm),
        Act::Withdraw { id } => decision.withdraw(live, id),
        Act::Release { id } => decision.release(id),
        Act::Close { id } => decision.close_removed(id),
        Act::BeginTest { tested, reason, until } => decision.begin_test(tested, &reason, until),
        Act::EndTest { id } => decision.end_test(live, id),
        Act::BeginDrill { building, reason, until } => decision.begin_drill(building, &reason, until),
        Act::EndDrill { id } => decision.end_drill(id),
        Act::ReleaseAction { run, action } => linkage.release(decision, live, run, action),
        Act::WithdrawAction { run, action } => linkage.withdraw(decision, live, run, action),
        Act::Command { point, verb, arm } => match decision.site.command(&point, &verb) {
            Some(command) => decision.command(live, command, arm),
            // The gate has just found it.
            None => Err(Refusal::NoSuchPoint { point }),
        },
        Act::Note { id, text } => duty::note(decision, id, &text),
        Act::Handled { ids, cause, measure, result } => {
            duty::handled(decision, &ids, &cause, &measure, result.as_deref())
        }
        Act::RecordRound(report) => duty::record(decision, report),
        Act::Export(exported) => {
            decision.decide(FactKind::Keeping(KeepingFact::Exported(exported)));
            Ok(())
        }
        Act::Retire(retired) if retired.reason.trim().is_empty() => Err(Refusal::Missing { field: "reason" }),
        Act::Retire(retired) => {
            decision.decide(FactKind::Keeping(KeepingFact::Retired(Arc::from(retired))));
            Ok(())
        }
        Act::Access(changed) => {
            decision.decide(FactKind::Keeping(KeepingFact::AccessChanged(changed)));
            Ok(())
        }
        Act::SignIn => {
            duty::sign_in(decision);
            Ok(())
        }
        Act::SignOut => duty::sign_out(decision),
    }
}
