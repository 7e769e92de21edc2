//! Codes that generated FHIR resources draw from, with the words that others send with them.

pub(super) const TERM: &str = "http://terminology.hl7.org/CodeSystem";
pub(super) const SCT: &str = "http://snomed.info/sct";
pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
pub(super) const CVX: &str = "http://hl7.org/fhir/sid/cvx";
pub(super) const CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition";

pub(super) type Coded = (&'static str, &'static str);
/// code, words, unit, least, most
pub(super) type Measured = (&'static str, &'static str, &'static str, f64, f64);

pub(super) const VITALS: [Measured; 8] = [
    ("8302-2", "Body Height", "cm", 50.0, 195.0),
    ("29463-7", "Body Weight", "kg", 3.0, 120.0),
    ("39156-5", "Body Mass Index", "kg/m2", 13.0, 42.0),
    ("8331-1", "Oral temperature", "Cel", 36.0, 40.0),
    ("8867-4", "Heart rate", "/min", 55.0, 130.0),
    ("9279-1", "Respiratory rate", "/min", 11.0, 35.0),
    ("2708-6", "Oxygen saturation in Arterial blood", "%", 88.0, 100.0),
    ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "{score}", 0.0, 10.0),
];
pub(super) const LABS: [Measured; 20] = [
    ("2339-0", "Glucose", "mg/dL", 60.0, 240.0),
    ("6299-2", "Urea Nitrogen", "mg/dL", 7.0, 30.0),
    ("38483-4", "Creatinine", "mg/dL", 0.5, 4.0),
    ("49765-1", "Calcium", "mg/dL", 8.0, 11.0),
    ("2947-0", "Sodium", "mmol/L", 130.0, 148.0),
    ("6298-4", "Potassium", "mmol/L", 3.2, 5.6),
    ("2069-3", "Chloride", "mmol/L", 98.0, 112.0),
    ("20565-8", "Carbon Dioxide", "mmol/L", 18.0, 30.0),
    ("2093-3", "Total Cholesterol", "mg/dL", 120.0, 300.0),
    ("2571-8", "Triglycerides", "mg/dL", 60.0, 400.0),
    ("18262-6", "Low Density Lipoprotein Cholesterol", "mg/dL", 50.0, 200.0),
    ("2085-9", "High Density Lipoprotein Cholesterol", "mg/dL", 25.0, 90.0),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 4.0, 12.0),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 7.0, 18.0),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 3.0, 18.0),
    ("789-8", "Erythrocytes [#/volume] in Blood by Automated count", "10*6/uL", 3.0, 6.0),
    ("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", 25.0, 52.0),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 90.0, 450.0),
    ("33914-3", "Estimated Glomerular Filtration Rate", "mL/min/{1.73_m2}", 30.0, 140.0),
    ("14959-1", "Microalbumin Creatinine Ratio", "mg/g", 1.0, 300.0),
];
pub(super) const CONDITIONS: [Coded; 14] = [
    ("38341003", "Hypertension"),
    ("44054006", "Diabetes mellitus type 2 (disorder)"),
    ("195662009", "Acute viral pharyngitis (disorder)"),
    ("10509002", "Acute bronchitis (disorder)"),
    ("444814009", "Viral sinusitis (disorder)"),
    ("162864005", "Body mass index 30+ - obesity (finding)"),
    ("271737000", "Anemia (disorder)"),
    ("61462000", "Malaria (disorder)"),
    ("56717001", "Tuberculosis (disorder)"),
    ("72892002", "Normal pregnancy"),
    ("195967001", "Asthma (disorder)"),
    ("239873007", "Osteoarthritis of knee"),
    ("44465007", "Sprain of ankle"),
    ("15777000", "Prediabetes"),
];
pub(super) const MEDICINES: [Coded; 12] = [
    ("316049", "Hydrochlorothiazide 25 MG"),
    ("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"),
    ("313782", "Acetaminophen 325 MG Oral Tablet"),
    ("308192", "Amoxicillin 500 MG Oral Tablet"),
    ("197361", "Amlodipine 5 MG Oral Tablet"),
    ("312961", "Simvastatin 20 MG Oral Tablet"),
    ("310965", "Ibuprofen 200 MG Oral Tablet"),
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("849574", "Naproxen sodium 220 MG Oral Tablet"),
    ("745679", "200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"),
    ("562251", "Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet"),
    (
        "106892",
        "insulin human, isophane 70 UNT/ML / Regular Insulin, Human 30 UNT/ML Injectable Suspension [Humulin]",
    ),
];
pub(super) const VACCINES: [Coded; 10] = [
    ("140", "Influenza, seasonal, injectable, preservative free"),
    ("113", "Td (adult) preservative free"),
    ("33", "pneumococcal polysaccharide vaccine, 23 valent"),
    ("133", "Pneumococcal conjugate PCV 13"),
    ("121", "zoster"),
    ("08", "Hep B, adolescent or pediatric"),
    ("20", "DTaP"),
    ("10", "IPV"),
    ("03", "MMR"),
    ("119", "rotavirus, monovalent"),
];
pub(super) const PROCEDURES: [Coded; 8] = [
    ("428191000124101", "Documentation of current medications"),
    ("430193006", "Medication Reconciliation (procedure)"),
    ("23426006", "Measurement of respiratory function (procedure)"),
    ("76601001", "Intramuscular injection"),
    ("171207006", "Depression screening"),
    ("268425006", "Pelvis X-ray"),
    ("399208008", "Plain chest X-ray (procedure)"),
    ("225158009", "Auscultation of the fetal heart"),
];
pub(super) const KINDS: [Coded; 7] = [
    ("185349003", "Encounter for check up (procedure)"),
    ("185345009", "Encounter for symptom"),
    ("162673000", "General examination of patient (procedure)"),
    ("185347001", "Encounter for problem (procedure)"),
    ("424441002", "Prenatal initial visit"),
    ("390906007", "Follow-up encounter"),
    ("410620009", "Well child visit (procedure)"),
];
pub(super) const PLANS: [Coded; 5] = [
    ("698360004", "Diabetes self management plan"),
    ("443402002", "Lifestyle education regarding hypertension"),
    ("53950000", "Respiratory therapy"),
    ("134435003", "Routine antenatal care"),
    ("872781000000100", "Musculoskeletal care"),
];
