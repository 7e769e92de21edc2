//! Whether a resource is one of FHIR R4, as far as its names tell: others are refused, because R4 readers can't take them.

use crate::core::json::Json;

/// The resource types of R4 (4.0.1). <https://hl7.org/fhir/R4/resourcelist.html>
const TYPES: [&str; 146] = [
    "Account",
    "ActivityDefinition",
    "AdverseEvent",
    "AllergyIntolerance",
    "Appointment",
    "AppointmentResponse",
    "AuditEvent",
    "Basic",
    "Binary",
    "BiologicallyDerivedProduct",
    "BodyStructure",
    "Bundle",
    "CapabilityStatement",
    "CarePlan",
    "CareTeam",
    "CatalogEntry",
    "ChargeItem",
    "ChargeItemDefinition",
    "Claim",
    "ClaimResponse",
    "ClinicalImpression",
    "CodeSystem",
    "Communication",
    "CommunicationRequest",
    "CompartmentDefinition",
    "Composition",
    "ConceptMap",
    "Condition",
    "Consent",
    "Contract",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "DetectedIssue",
    "Device",
    "DeviceDefinition",
    "DeviceMetric",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentManifest",
    "DocumentReference",
    "EffectEvidenceSynthesis",
    "Encounter",
    "Endpoint",
    "EnrollmentRequest",
    "EnrollmentResponse",
    "EpisodeOfCare",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "GraphDefinition",
    "Group",
    "GuidanceResponse",
    "HealthcareService",
    "ImagingStudy",
    "Immunization",
    "ImmunizationEvaluation",
    "ImmunizationRecommendation",
    "ImplementationGuide",
    "InsurancePlan",
    "Invoice",
    "Library",
    "Linkage",
    "List",
    "Location",
    "Measure",
    "MeasureReport",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationKnowledge",
    "MedicationRequest",
    "MedicationStatement",
    "MedicinalProduct",
    "MedicinalProductAuthorization",
    "MedicinalProductContraindication",
    "MedicinalProductIndication",
    "MedicinalProductIngredient",
    "MedicinalProductInteraction",
    "MedicinalProductManufactured",
    "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect",
    "MessageDefinition",
    "MessageHeader",
    "MolecularSequence",
    "NamingSystem",
    "NutritionOrder",
    "Observation",
    "ObservationDefinition",
    "OperationDefinition",
    "OperationOutcome",
    "Organization",
    "OrganizationAffiliation",
    "Parameters",
    "Patient",
    "PaymentNotice",
    "PaymentReconciliation",
    "Person",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RequestGroup",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "ResearchStudy",
    "ResearchSubject",
    "RiskAssessment",
    "RiskEvidenceSynthesis",
    "Schedule",
    "SearchParameter",
    "ServiceRequest",
    "Slot",
    "Specimen",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "Subscription",
    "Substance",
    "SubstanceNucleicAcid",
    "SubstancePolymer",
    "SubstanceProtein",
    "SubstanceReferenceInformation",
    "SubstanceSourceMaterial",
    "SubstanceSpecification",
    "SupplyDelivery",
    "SupplyRequest",
    "Task",
    "TerminologyCapabilities",
    "TestReport",
    "TestScript",
    "ValueSet",
    "VerificationResult",
    "VisionPrescription",
];

/// Members that a type has in another version of FHIR and not in R4.
const TELLING: [(&str, &str, &str); 58] = [
    ("AllergyIntolerance", "assertedDate", "STU3"),
    ("AllergyIntolerance", "participant", "R5"),
    ("AllergyIntolerance", "substance", "DSTU2"),
    ("AuditEvent", "code", "R5"),
    ("AuditEvent", "event", "DSTU2"),
    ("CarePlan", "context", "STU3"),
    ("CarePlan", "definition", "STU3"),
    ("Condition", "assertedDate", "STU3"),
    ("Condition", "context", "STU3"),
    ("Condition", "dateRecorded", "DSTU2"),
    ("Condition", "participant", "R5"),
    ("Condition", "patient", "DSTU2"),
    ("Consent", "decision", "R5"),
    ("Consent", "grantor", "R5"),
    ("DiagnosticReport", "codedDiagnosis", "STU3"),
    ("DiagnosticReport", "context", "STU3"),
    ("DiagnosticReport", "image", "STU3"),
    ("DiagnosticReport", "supportingInfo", "R5"),
    ("DocumentReference", "attester", "R5"),
    ("DocumentReference", "created", "STU3"),
    ("DocumentReference", "indexed", "STU3"),
    ("Encounter", "actualPeriod", "R5"),
    ("Encounter", "admission", "R5"),
    ("Encounter", "indication", "DSTU2"),
    ("Encounter", "patient", "DSTU2"),
    ("Encounter", "plannedStartDate", "R5"),
    ("Encounter", "reason", "STU3 or R5"),
    ("FamilyMemberHistory", "notDone", "STU3"),
    ("ImagingStudy", "patient", "STU3"),
    ("ImagingStudy", "uid", "STU3"),
    ("Immunization", "date", "STU3"),
    ("Immunization", "explanation", "STU3"),
    ("Immunization", "informationSource", "R5"),
    ("Immunization", "notGiven", "STU3"),
    ("Immunization", "wasNotGiven", "DSTU2"),
    ("MedicationAdministration", "medication", "R5"),
    ("MedicationDispense", "medication", "R5"),
    ("MedicationRequest", "context", "STU3"),
    ("MedicationRequest", "medication", "R5"),
    ("MedicationStatement", "adherence", "R5"),
    ("MedicationStatement", "medication", "R5"),
    ("MedicationStatement", "taken", "STU3"),
    ("MedicationStatement", "wasNotTaken", "DSTU2"),
    ("Observation", "comment", "STU3"),
    ("Observation", "comments", "DSTU2"),
    ("Observation", "context", "STU3"),
    ("Observation", "related", "STU3"),
    ("Observation", "triggeredBy", "R5"),
    ("Patient", "animal", "STU3"),
    ("Patient", "careProvider", "DSTU2"),
    ("Procedure", "context", "STU3"),
    ("Procedure", "notDone", "STU3"),
    ("Procedure", "notPerformed", "DSTU2"),
    ("Procedure", "occurrenceDateTime", "R5"),
    ("Procedure", "occurrencePeriod", "R5"),
    ("Procedure", "recorded", "R5"),
    ("Provenance", "authorization", "R5"),
    ("ServiceRequest", "reason", "R5"),
];

/// Why a resource is none of R4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// R4 has no such type.
    Type,
    /// R4's type has no such member; the version that has it.
    Member(&'static str, &'static str),
    /// R4 has a coded concept where this is a bare code: that was so in older versions.
    BareCode(&'static str),
    /// R4 has one code where this is a list: that is so in R5.
    List(&'static str),
}

/// None: it can be R4.
pub fn other(kind: &str, json: &Json) -> Option<Other> {
    if TYPES.binary_search(&kind).is_err() {
        return Some(Other::Type);
    }
    let told = TELLING.iter().find(|(k, member, _)| *k == kind && json.get(member).is_some());
    if let Some((_, member, version)) = told {
        return Some(Other::Member(member, version));
    }
    let bare = matches!(kind, "Condition" | "AllergyIntolerance");
    if bare && json.get("clinicalStatus").is_some_and(|s| s.as_text().is_some()) {
        return Some(Other::BareCode("clinicalStatus"));
    }
    if kind == "Encounter" && matches!(json.get("class"), Some(Json::List(_))) {
        return Some(Other::List("class"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_in_order_and_the_members_are_of_known_types() {
        assert!(TYPES.is_sorted());
        assert!(TELLING.is_sorted());
        assert!(TELLING.iter().all(|(k, _, _)| TYPES.contains(k)));
    }

    #[test]
    fn what_tells_another_version() {
        let o = |kind: &str, json: &str| other(kind, &Json::parse(json).unwrap());
        assert_eq!(o("Observation", r#"{"status":"final"}"#), None);
        assert_eq!(o("MedicationOrder", "{}"), Some(Other::Type));
        assert_eq!(o("patient", "{}"), Some(Other::Type), "names are told apart by their case");
        assert_eq!(o("Encounter", r#"{"actualPeriod":{}}"#), Some(Other::Member("actualPeriod", "R5")));
        assert_eq!(o("Condition", r#"{"clinicalStatus":"active"}"#), Some(Other::BareCode("clinicalStatus")));
        assert_eq!(o("Encounter", r#"{"class":[{}]}"#), Some(Other::List("class")));
        assert_eq!(o("Encounter", r#"{"class":{}}"#), None);
    }
}
