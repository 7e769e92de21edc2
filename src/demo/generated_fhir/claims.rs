//! What a generated visit cost: a claim, and the insurer's answer to it.

use super::{Story, coding, concept, hl7, l, more, n, r, t};
use crate::{
    core::json::Json,
    demo::generated_codes::{Coded, SCT, TERM},
};

impl Story<'_> {
    /// What the visit cost, and what was paid of it.
    pub(super) fn bill(&mut self, what: Coded, condition: Option<&str>) {
        let usd = |v: f64| Json::object([("currency", t("USD")), ("value", n(v))]);
        let item = |s: &Self| {
            Json::object([
                ("encounter", l([r(&s.encounter)])),
                ("productOrService", concept(SCT, what)),
                ("sequence", n(1.0)),
            ])
        };
        let diagnosis = condition
            .map(|c| ("diagnosis", l([Json::object([("diagnosisReference", r(c)), ("sequence", n(1.0))])])));
        let insurance = Json::object([
            ("coverage", Json::object([("display", t("Medicare"))])),
            ("focal", Json::Bool(true)),
            ("sequence", n(1.0)),
        ]);
        let common = [
            ("billablePeriod", self.period()),
            ("created", t(&*self.until)),
            ("patient", r(&self.patient)),
            ("provider", r(&self.organization)),
            ("status", t("active")),
            ("type", hl7("claim-type", "institutional")),
            ("use", t("claim")),
        ];
        let own = [
            ("insurance", l([insurance])),
            ("item", l([item(self)])),
            ("priority", hl7("processpriority", "normal")),
            ("total", usd(129.16)),
        ];
        let claim = self.resource("Claim", common.clone().into_iter().chain(own).chain(diagnosis.clone()));
        let blue = "https://bluebutton.cms.gov/resources";
        let judged = |code: &str, words: &str, v: f64| {
            let c = coding(
                &format!("{blue}/codesystem/adjudication"),
                &format!("{blue}/variables/{code}"),
                words,
            );
            Json::object([("amount", usd(v)), ("category", Json::object([("coding", l([c]))]))])
        };
        let all = [
            judged("line_bene_ptb_ddctbl_amt", "Line Beneficiary Part B Deductible Amount", 0.0),
            judged("line_coinsrnc_amt", "Line Beneficiary Coinsurance Amount", 25.83),
            judged("line_prcsg_ind_cd", "Line Processing Indicator Code", 0.0),
            judged("line_nch_pmt_amt", "Line NCH Medicare Payment Amount", 103.33),
            judged("line_sbmtd_chrg_amt", "Line Submitted Charge Amount", 129.16),
            judged("line_alowd_chrg_amt", "Line Allowed Charge Amount", 129.16),
        ];
        let place = Json::object([(
            "coding",
            l([coding(&format!("{TERM}/ex-serviceplace"), "19", "Off Campus-Outpatient Hospital")]),
        )]);
        let billed = more(
            item(self),
            [
                ("adjudication", l(all)),
                (
                    "category",
                    Json::object([(
                        "coding",
                        l([coding(&format!("{blue}/variables/line_cms_type_srvc_cd"), "1", "Medical care")]),
                    )]),
                ),
                ("locationCodeableConcept", place),
                ("servicedPeriod", self.period()),
            ],
        );
        let role = concept(&format!("{TERM}/claimcareteamrole"), ("primary", "Primary Care Practitioner"));
        let team = Json::object([("provider", r(&self.practitioner)), ("role", role), ("sequence", n(1.0))]);
        let referral = Json::object([
            ("id", t("referral")),
            ("intent", t("order")),
            ("performer", l([r(&self.practitioner)])),
            ("requester", r(&self.practitioner)),
            ("resourceType", t("ServiceRequest")),
            ("status", t("completed")),
            ("subject", r(&self.patient)),
        ]);
        let coverage = Json::object([
            ("beneficiary", r(&self.patient)),
            ("id", t("coverage")),
            ("payor", l([Json::object([("display", t("Medicare"))])])),
            ("resourceType", t("Coverage")),
            ("status", t("active")),
            ("type", Json::object([("text", t("Medicare"))])),
        ]);
        let numbers = [
            Json::object([("system", t(format!("{blue}/variables/clm_id"))), ("value", t(&*claim))]),
            Json::object([
                ("system", t(format!("{blue}/identifier/claim-group"))),
                ("value", t("99999999999")),
            ]),
        ];
        let covered = Json::object([
            ("coverage", Json::object([("display", t("Medicare")), ("reference", t("#coverage"))])),
            ("focal", Json::Bool(true)),
        ]);
        let own = [
            ("careTeam", l([team])),
            ("claim", r(&claim)),
            ("contained", l([referral, coverage])),
            ("identifier", l(numbers)),
            ("insurance", l([covered])),
            ("insurer", Json::object([("display", t("Medicare"))])),
            ("item", l([billed])),
            ("outcome", t("complete")),
            ("payment", Json::object([("amount", usd(103.33))])),
            ("referral", Json::object([("reference", t("#referral"))])),
            (
                "total",
                l([Json::object([
                    ("amount", usd(129.16)),
                    ("category", concept(&format!("{TERM}/adjudication"), ("submitted", "Submitted Amount"))),
                ])]),
            ),
        ];
        self.resource("ExplanationOfBenefit", common.into_iter().chain(own).chain(diagnosis));
    }
}
