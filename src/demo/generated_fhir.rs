//! FHIR R4 resources of a generated patient, as other systems send them: their code systems, profiles and habits, not
//! anybody's data.

mod claims;

use super::{
    generated_codes::{
        CONDITIONS, CORE, CVX, Coded, KINDS, LABS, LOINC, MEDICINES, Measured, PLANS, PROCEDURES, RXNORM,
        SCT, TERM, VACCINES, VITALS,
    },
    generator::Generator,
};
use crate::core::{
    json::Json,
    record::{Gender, Patient},
    time::{DAY, Millis},
};
use crate::fhir::date;
use rand::RngExt;

fn t(s: impl Into<String>) -> Json {
    Json::from_text(s)
}

fn n(v: f64) -> Json {
    Json::Number(format!("{v}").into())
}

fn l(v: impl IntoIterator<Item = Json>) -> Json {
    Json::List(v.into_iter().collect())
}

fn r(to: &str) -> Json {
    Json::object([("reference", t(format!("urn:uuid:{to}")))])
}

fn coding(system: &str, code: &str, display: &str) -> Json {
    Json::object([("system", t(system)), ("code", t(code)), ("display", t(display))])
}

fn concept(system: &str, (code, words): Coded) -> Json {
    Json::object([("coding", l([coding(system, code, words)])), ("text", t(words))])
}

/// A code of HL7's own, without words.
fn hl7(list: &str, code: &str) -> Json {
    let c = Json::object([("system", t(format!("{TERM}/{list}"))), ("code", t(code))]);
    Json::object([("coding", l([c]))])
}

fn more(mut j: Json, members: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
    if let Json::Object(o) = &mut j {
        o.extend(members.into_iter().map(|(k, v)| (k.to_string(), v)));
    }
    j
}

struct Story<'a> {
    g: &'a mut Generator,
    patient: String,
    encounter: String,
    practitioner: String,
    organization: String,
    at: String,
    until: String,
    profiles: bool,
    out: Vec<Json>,
}

/// Resources of one patient: the patient, who treated them where, and what was done in each encounter.
pub(super) fn resources(g: &mut Generator, p: &Patient, encounters: usize, now: Millis) -> Vec<Json> {
    let [patient, practitioner, organization] = [(); 3].map(|()| g.uuid());
    let profiles = g.rng.random_bool(0.5);
    let mut s = Story {
        g,
        patient,
        encounter: String::new(),
        practitioner,
        organization,
        at: String::new(),
        until: String::new(),
        profiles,
        out: Vec::new(),
    };
    s.people(p);
    for _ in 0..encounters {
        let at = now.saturating_sub(
            s.g.rng.random_range(0..9_000) * DAY + s.g.rng.random_range(0..DAY / 1_000) * 1_000,
        );
        s.visit(i64::try_from(at).unwrap_or(0));
    }
    s.out
}

impl Story<'_> {
    fn resource(
        &mut self,
        kind: &'static str,
        members: impl IntoIterator<Item = (&'static str, Json)>,
    ) -> String {
        let id = self.g.uuid();
        self.named(kind, id.clone(), members);
        id
    }

    fn named(
        &mut self,
        kind: &'static str,
        id: String,
        members: impl IntoIterator<Item = (&'static str, Json)>,
    ) {
        let mut j = Json::object([("resourceType", t(kind)), ("id", t(id))]);
        if self.profiles {
            let profile = format!("{CORE}/us-core-{}", kind.to_lowercase());
            j = more(j, [("meta", Json::object([("profile", l([t(profile)]))]))]);
        } else {
            let tag =
                Json::object([("system", t("https://smarthealthit.org/tags")), ("code", t("demo-2026"))]);
            j = more(j, [("meta", Json::object([("tag", l([tag]))]))]);
        }
        self.out.push(more(j, members));
    }

    fn people(&mut self, p: &Patient) {
        let (given, family) = p.name.rsplit_once(' ').unwrap_or((&p.name, ""));
        let female = p.gender == Gender::Female;
        let extension =
            |url: &str, key: &'static str, v: Json| more(Json::object([("url", t(url))]), [(key, v)]);
        let race = |url: &str, system: &str, code: &str, words: &str| {
            let parts = [
                extension("ombCategory", "valueCoding", coding(system, code, words)),
                extension("text", "valueString", t(words)),
            ];
            more(Json::object([("url", t(format!("{CORE}/{url}")))]), [("extension", l(parts))])
        };
        let number = format!(
            "{:03}-{:02}-{:04}",
            self.g.rng.random_range(100..999),
            self.g.rng.random_range(10..99),
            self.g.rng.random_range(1000..9999)
        );
        let identifier = |code: &str, words: &'static str, system: &str, value: &str| {
            let kind = Json::object([
                ("coding", l([coding(&format!("{TERM}/v2-0203"), code, words)])),
                ("text", t(words)),
            ]);
            Json::object([("type", kind), ("system", t(system)), ("value", t(value))])
        };
        let place = extension("latitude", "valueDecimal", n(self.g.rng.random_range(-35.0..60.0)));
        let place2 = extension("longitude", "valueDecimal", n(self.g.rng.random_range(-120.0..120.0)));
        let place = more(
            Json::object([("url", t("http://hl7.org/fhir/StructureDefinition/geolocation"))]),
            [("extension", l([place, place2]))],
        );
        let address = Json::object([
            ("city", t(p.village.clone())),
            ("country", t("US")),
            ("extension", l([place])),
            ("line", l([t("12 Market Street")])),
            ("postalCode", t("01040")),
            ("state", t("Massachusetts")),
        ]);
        let name = Json::object([
            ("family", t(family)),
            ("given", l([t(given)])),
            ("prefix", l([t(if female { "Ms." } else { "Mr." })])),
            ("use", t("official")),
        ]);
        let home = Json::object([("system", t("phone")), ("use", t("home")), ("value", t(p.phone.clone()))]);
        let speaks = Json::object([(
            "language",
            Json::object([
                ("coding", l([coding("urn:ietf:bcp:47", "en-US", "English")])),
                ("text", t("English")),
            ]),
        )]);
        let (id, mrn) = (self.patient.clone(), self.g.uuid());
        let extensions = [
            race("us-core-race", "urn:oid:2.16.840.1.113883.6.238", "2106-3", "White"),
            race("us-core-ethnicity", "urn:oid:2.16.840.1.113883.6.238", "2186-5", "Not Hispanic or Latino"),
            extension(
                "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
                "valueString",
                t("Asha Rana"),
            ),
            extension(&format!("{CORE}/us-core-birthsex"), "valueCode", t(if female { "F" } else { "M" })),
            extension(
                "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
                "valueAddress",
                Json::object([("city", t("Kaliri")), ("country", t("US")), ("state", t("Massachusetts"))]),
            ),
        ];
        let birth = p.birth_year.map(|y| {
            (
                "birthDate",
                t(format!("{y}-{:02}-{:02}", self.g.rng.random_range(1..13), self.g.rng.random_range(1..29))),
            )
        });
        let members = [
            ("address", l([address])),
            ("communication", l([speaks])),
            ("extension", l(extensions)),
            ("gender", t(p.gender.word())),
            (
                "identifier",
                l([
                    identifier("MR", "Medical Record Number", "http://hospital.smarthealthit.org", &mrn),
                    identifier("SS", "Social Security Number", "http://hl7.org/fhir/sid/us-ssn", &number),
                    identifier("DL", "Driver's License", "urn:oid:2.16.840.1.113883.4.3.25", "S99900000"),
                ]),
            ),
            ("maritalStatus", concept(&format!("{TERM}/v3-MaritalStatus"), ("M", "M"))),
            ("multipleBirthBoolean", Json::Bool(false)),
            ("name", l([name])),
            ("telecom", l([home])),
            (
                "text",
                Json::object([
                    ("div", t("<div xmlns=\"http://www.w3.org/1999/xhtml\">A generated patient</div>")),
                    ("status", t("generated")),
                ]),
            ),
        ];
        self.named("Patient", id, members.into_iter().chain(birth));
        let at = Json::object([
            ("city", t("HOLYOKE")),
            ("country", t("US")),
            ("line", l([t("575 MAIN STREET")])),
            ("postalCode", t("01040")),
            ("state", t("MA")),
        ]);
        let provider = concept(&format!("{TERM}/organization-type"), ("prov", "Healthcare Provider"));
        let telecom = Json::object([("system", t("phone")), ("value", t("4135550100"))]);
        let id = self.organization.clone();
        self.named(
            "Organization",
            id,
            [
                ("active", Json::Bool(true)),
                ("address", l([at.clone()])),
                ("name", t("VALLEY MEDICAL CENTER")),
                ("telecom", l([telecom])),
                ("type", l([provider])),
            ],
        );
        let name = Json::object([("family", t(family)), ("given", l([t(given)])), ("prefix", l([t("Dr.")]))]);
        let npi = Json::object([("system", t("http://hl7.org/fhir/sid/us-npi")), ("value", t("110"))]);
        let id = self.practitioner.clone();
        self.named(
            "Practitioner",
            id,
            [
                ("active", Json::Bool(true)),
                ("address", l([at])),
                ("gender", t("female")),
                ("identifier", l([npi])),
                ("name", l([name])),
            ],
        );
    }

    fn of_visit(&self) -> [(&'static str, Json); 2] {
        [("encounter", r(&self.encounter)), ("subject", r(&self.patient))]
    }

    fn period(&self) -> Json {
        Json::object([("start", t(&*self.at)), ("end", t(&*self.until))])
    }

    fn visit(&mut self, at: i64) {
        // As many systems write it: an offset instead of Z.
        let write = |at: i64| date::instant(at).unwrap_or_default().replace('Z', "+00:00");
        (self.at, self.until) = (write(at), write(at + 900_000));
        let what = KINDS[self.g.rng.random_range(0..KINDS.len())];
        let class = Json::object([("code", t("AMB")), ("system", t(format!("{TERM}/v3-ActCode")))]);
        let who = Json::object([("individual", r(&self.practitioner))]);
        let (patient, period, org) = (r(&self.patient), self.period(), r(&self.organization));
        self.encounter = self.resource(
            "Encounter",
            [
                ("class", class),
                ("participant", l([who])),
                ("period", period),
                ("serviceProvider", org),
                ("status", t("finished")),
                ("subject", patient),
                ("type", l([concept(SCT, what)])),
            ],
        );
        let mut condition = None;
        if self.g.rng.random_bool(0.35) {
            condition = Some(self.condition());
        }
        let vitals: Vec<String> = VITALS.iter().map(|m| self.observation(m, "vital-signs")).collect();
        drop(vitals);
        self.blood_pressure();
        if self.g.rng.random_bool(0.35) {
            let from = self.g.rng.random_range(0..LABS.len() - 8);
            let results: Vec<(String, &str)> =
                LABS[from..from + 8].iter().map(|m| (self.observation(m, "laboratory"), m.1)).collect();
            self.report(&results);
        }
        self.done(condition.as_deref());
        self.bill(what, condition.as_deref());
    }

    fn condition(&mut self) -> String {
        let c = CONDITIONS[self.g.rng.random_range(0..CONDITIONS.len())];
        let active = self.g.rng.random_bool(0.5);
        let times = [("onsetDateTime", t(&*self.at)), ("recordedDate", t(&*self.at))];
        let state = [
            ("clinicalStatus", hl7("condition-clinical", if active { "active" } else { "resolved" })),
            ("code", concept(SCT, c)),
            ("verificationStatus", hl7("condition-ver-status", "confirmed")),
        ];
        let ended = (!active).then(|| ("abatementDateTime", t(&*self.until)));
        let of = self.of_visit();
        self.resource("Condition", of.into_iter().chain(times).chain(state).chain(ended))
    }

    fn quantity(&mut self, m: &Measured) -> Json {
        let v = self.g.rng.random_range(m.3..m.4);
        Json::object([
            ("code", t(m.2)),
            ("system", t("http://unitsofmeasure.org")),
            ("unit", t(m.2)),
            ("value", n(v)),
        ])
    }

    fn seen(&self, category: &'static str) -> [(&'static str, Json); 4] {
        let c = coding(&format!("{TERM}/observation-category"), category, category);
        let issued = self.at.replace("+00:00", ".392+00:00");
        [
            ("category", l([Json::object([("coding", l([c]))])])),
            ("effectiveDateTime", t(&*self.at)),
            ("issued", t(issued)),
            ("status", t("final")),
        ]
    }

    fn observation(&mut self, m: &Measured, category: &'static str) -> String {
        let own = [("code", concept(LOINC, (m.0, m.1))), ("valueQuantity", self.quantity(m))];
        let (of, seen) = (self.of_visit(), self.seen(category));
        self.resource("Observation", of.into_iter().chain(seen).chain(own))
    }

    fn blood_pressure(&mut self) {
        let parts = [
            ("8462-4", "Diastolic Blood Pressure", "mm[Hg]", 60.0, 100.0),
            ("8480-6", "Systolic Blood Pressure", "mm[Hg]", 95.0, 170.0),
        ];
        let parts = parts.map(|m| {
            Json::object([("code", concept(LOINC, (m.0, m.1))), ("valueQuantity", self.quantity(&m))])
        });
        let own = [("code", concept(LOINC, ("55284-4", "Blood Pressure"))), ("component", l(parts))];
        let (of, seen) = (self.of_visit(), self.seen("vital-signs"));
        self.resource("Observation", of.into_iter().chain(seen).chain(own));
        let never = concept(SCT, ("266919005", "Never smoker"));
        let own = [
            ("code", concept(LOINC, ("72166-2", "Tobacco smoking status NHIS"))),
            ("valueCodeableConcept", never),
        ];
        let (of, seen) = (self.of_visit(), self.seen("survey"));
        self.resource("Observation", of.into_iter().chain(seen).chain(own));
    }

    fn report(&mut self, results: &[(String, &str)]) {
        let category =
            Json::object([("coding", l([coding(&format!("{TERM}/v2-0074"), "LAB", "Laboratory")]))]);
        let panel = [
            ("51990-0", "Basic Metabolic Panel"),
            ("57698-3", "Lipid Panel"),
            ("58410-2", "Complete blood count (hemogram) panel - Blood by Automated count"),
        ];
        let panel = panel[self.g.rng.random_range(0..panel.len())];
        let result = l(results.iter().map(|(id, words)| more(r(id), [("display", t(*words))])));
        let own = [("code", concept(LOINC, panel)), ("result", result)];
        let (of, seen) = (self.of_visit(), self.seen("laboratory"));
        self.resource(
            "DiagnosticReport",
            of.into_iter().chain(seen).chain(own).chain([("category", l([category]))]),
        );
    }

    /// What was given and done.
    fn done(&mut self, condition: Option<&str>) {
        let because = || condition.map(|c| ("reasonReference", l([r(c)])));
        if self.g.rng.random_bool(0.4) {
            let m = MEDICINES[self.g.rng.random_range(0..MEDICINES.len())];
            let timing = Json::object([(
                "repeat",
                Json::object([("frequency", n(1.0)), ("period", n(1.0)), ("periodUnit", t("d"))]),
            )]);
            let rate = Json::object([
                ("doseQuantity", Json::object([("value", n(1.0))])),
                ("type", concept(&format!("{TERM}/dose-rate-type"), ("ordered", "Ordered"))),
            ]);
            let dose = Json::object([
                ("asNeededBoolean", Json::Bool(false)),
                ("doseAndRate", l([rate])),
                ("sequence", n(1.0)),
                ("timing", timing),
            ]);
            let own = [
                ("authoredOn", t(&*self.at)),
                ("dosageInstruction", l([dose])),
                ("intent", t("order")),
                ("medicationCodeableConcept", concept(RXNORM, m)),
                ("requester", r(&self.practitioner)),
                ("status", t(if self.g.rng.random_bool(0.4) { "active" } else { "stopped" })),
            ];
            let of = self.of_visit();
            self.resource("MedicationRequest", of.into_iter().chain(own).chain(because()));
        }
        if self.g.rng.random_bool(0.4) {
            let p = PROCEDURES[self.g.rng.random_range(0..PROCEDURES.len())];
            let own =
                [("code", concept(SCT, p)), ("performedPeriod", self.period()), ("status", t("completed"))];
            let of = self.of_visit();
            self.resource("Procedure", of.into_iter().chain(own).chain(because()));
        }
        if self.g.rng.random_bool(0.5) {
            let v = VACCINES[self.g.rng.random_range(0..VACCINES.len())];
            let own = [
                ("encounter", r(&self.encounter)),
                ("occurrenceDateTime", t(&*self.at)),
                ("patient", r(&self.patient)),
                ("primarySource", Json::Bool(true)),
                ("status", t("completed")),
                ("vaccineCode", concept(CVX, v)),
            ];
            self.resource("Immunization", own);
        }
        if self.g.rng.random_bool(0.1) {
            self.plan(condition);
        }
        if self.g.rng.random_bool(0.1) {
            let own = [
                ("clinicalStatus", hl7("allergyintolerance-clinical", "active")),
                ("code", concept(SCT, ("91936005", "Allergy to penicillin"))),
                ("criticality", t("low")),
                ("patient", r(&self.patient)),
                ("category", l([t("medication")])),
                ("type", t("allergy")),
                ("recordedDate", t(&*self.at)),
                ("verificationStatus", hl7("allergyintolerance-verification", "confirmed")),
            ];
            self.resource("AllergyIntolerance", own);
        }
        if self.g.rng.random_bool(0.1) {
            let oid = format!(
                "1.2.840.99999999.{}.{}",
                self.g.rng.random_range(1..99_999_999),
                self.g.rng.random_range(1..9_999_999_999_999u64)
            );
            let chest = coding(SCT, "51185008", "Thoracic structure (body structure)");
            let cr = coding("http://dicom.nema.org/resources/ontology/DCM", "DX", "Digital Radiography");
            let sop = coding(
                "urn:ietf:rfc:3986",
                "urn:oid:1.2.840.10008.5.1.4.1.1.1.1",
                "Digital X-Ray Image Storage",
            );
            let instance = Json::object([
                ("number", n(1.0)),
                ("sopClass", sop),
                ("title", t("Image of chest")),
                ("uid", t(format!("{oid}.1.1"))),
            ]);
            let series = Json::object([
                ("bodySite", chest),
                ("instance", l([instance])),
                ("modality", cr),
                ("number", n(1.0)),
                ("numberOfInstances", n(1.0)),
                ("started", t(&*self.at)),
                ("uid", t(format!("{oid}.1"))),
            ]);
            let named = Json::object([
                ("system", t("urn:ietf:rfc:3986")),
                ("use", t("official")),
                ("value", t(format!("urn:oid:{oid}"))),
            ]);
            let own = [
                ("identifier", l([named])),
                ("numberOfInstances", n(1.0)),
                ("numberOfSeries", n(1.0)),
                ("series", l([series])),
                ("started", t(&*self.at)),
                ("status", t("available")),
            ];
            let of = self.of_visit();
            self.resource("ImagingStudy", of.into_iter().chain(own));
        }
    }

    fn plan(&mut self, condition: Option<&str>) {
        let p = PLANS[self.g.rng.random_range(0..PLANS.len())];
        let about = || condition.map(|c| ("addresses", l([r(c)])));
        let start = Json::object([("start", t(&*self.at))]);
        let activity = |words: Coded, status: &str| {
            Json::object([("detail", Json::object([("code", concept(SCT, words)), ("status", t(status))]))])
        };
        let activities = [
            activity(("160670007", "Diabetic diet"), "in-progress"),
            activity(("229065009", "Exercise therapy"), "in-progress"),
        ];
        let div = format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">Care Plan for {}.<br/>Activities: <ul><li>{}</li><li>{}</li></ul></div>",
            p.1, p.1, p.1
        );
        let own = [
            ("activity", l(activities)),
            ("category", l([concept(SCT, p)])),
            ("intent", t("order")),
            ("period", start),
            ("status", t("active")),
            ("text", Json::object([("div", t(div)), ("status", t("generated"))])),
        ];
        let of = self.of_visit();
        self.resource("CarePlan", of.into_iter().chain(own).chain(about()));
        let target = Json::object([("text", t("Hemoglobin A1c total in Blood < 7.0"))]);
        let subject = r(&self.patient);
        self.resource(
            "Goal",
            [("description", target), ("lifecycleStatus", t("accepted")), ("subject", subject)]
                .into_iter()
                .chain(about()),
        );
    }
}
