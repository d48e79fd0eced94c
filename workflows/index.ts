// Every exported function is a workflow type; name the exports one by one.
export { commissionSitting } from './commission-sitting/workflow.ts';
export { dppCertification } from './dpp-certification/workflow.ts';
export { examSession } from './exam-session/workflow.ts';
export { employmentBroadcast } from './employment-broadcast/workflow.ts';
export { headAttestation } from './head-attestation/workflow.ts';
export { mentoringCycle } from './mentoring-cycle/workflow.ts';
export { noticeDelivery } from './notice-delivery/workflow.ts';
export { qualificationAssessment } from './qualification-assessment/workflow.ts';
