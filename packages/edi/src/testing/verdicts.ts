/** One line per sample: its path, how many messages are read, and the errors found in order, each once. */
const table = `
medcom/fhir/CareCommunication_demo_example.json | 1 |
medcom/pairs/edifact/BIN01_5.edi | 1 |
medcom/pairs/edifact/CTL01_1.edi | 1 |
medcom/pairs/edifact/CTL03_1.edi | 1 |
medcom/pairs/edifact/DIS01_1.edi | 1 |
medcom/pairs/edifact/DIS03_1.edi | 1 |
medcom/pairs/edifact/DIS06_1.edi | 1 |
medcom/pairs/edifact/DIS08_1.edi | 1 |
medcom/pairs/edifact/DIS13_1.edi | 1 |
medcom/pairs/edifact/DIS20_1.edi | 1 |
medcom/pairs/edifact/DIS91_1.edi | 1 |
medcom/pairs/edifact/PRE01_1.edi | 1 |
medcom/pairs/edifact/PRE01_3.edi | 1 |
medcom/pairs/edifact/PRE60_1.edi | 1 |
medcom/pairs/edifact/REF02_1.edi | 1 |
medcom/pairs/edifact/REF06_1.edi | 1 |
medcom/pairs/edifact/REF07_1.edi | 1 |
medcom/pairs/edifact/REF07_3.edi | 1 |
medcom/pairs/edifact/REQ01_1.edi | 1 |
medcom/pairs/edifact/REQ03_1.edi | 1 |
medcom/pairs/edifact/RPT01_1.edi | 1 |
medcom/pairs/edifact/RPT01_3.edi | 1 |
medcom/pairs/edifact/RPT04_1.edi | 1 |
medcom/pairs/xml/BIN01_5.xml | 1 |
medcom/pairs/xml/CTL01_1.xml | 1 |
medcom/pairs/xml/CTL03_1.xml | 1 |
medcom/pairs/xml/DIS01_1.xml | 1 |
medcom/pairs/xml/DIS03_1.xml | 1 |
medcom/pairs/xml/DIS06_1.xml | 1 |
medcom/pairs/xml/DIS08_1.xml | 1 |
medcom/pairs/xml/DIS13_1.xml | 1 |
medcom/pairs/xml/DIS20_1.xml | 1 |
medcom/pairs/xml/DIS91_1.xml | 1 |
medcom/pairs/xml/PRE01_1.xml | 1 |
medcom/pairs/xml/PRE01_3.xml | 1 |
medcom/pairs/xml/PRE60_1.xml | 1 |
medcom/pairs/xml/REF02_1.xml | 1 |
medcom/pairs/xml/REF06_1.xml | 1 |
medcom/pairs/xml/REF07_1.xml | 1 |
medcom/pairs/xml/REF07_3.xml | 1 |
medcom/pairs/xml/REQ01_1.xml | 1 |
medcom/pairs/xml/REQ03_1.xml | 1 |
medcom/pairs/xml/RPT01_1.xml | 1 |
medcom/pairs/xml/RPT01_3.xml | 1 |
medcom/pairs/xml/RPT04_1.xml | 1 |
medcom/sbdh/20250429_ehmisbdh_sample.xml | 1 |
medcom/sbdh/ehmiSBDH_ReceiptAcknowledgement_full.xml | 1 |
medcom/vans/VANSEnvelope_XDIS22.payload.xml | 1 |
medcom/vans/VANSEnvelope_XDIS22.xml | 1 |
medcom/variants/DIS20_ERROR_ENC0.edi | 1 | utf8-as-latin1
medcom/variants/DIS20_ERROR_UNB0.edi | 1 | element-missing
medcom/variants/DIS20_ERROR_UNB2.edi | 1 | unz-missing
medcom/variants/DIS20_ERROR_UNH0.edi | 1 | element-missing
medcom/variants/DIS20_ERROR_UNH2.edi | 1 | reference-message
medcom/variants/DIS20_ERROR_UNT0.edi | 1 | count-segments
medcom/variants/DIS20_ERROR_UNT2.edi | 1 | element-missing
medcom/variants/DIS20_ERROR_UNZ0.edi | 1 | reference-interchange
medcom/variants/DIS20_ERROR_UNZ3.edi | 1 | unz-missing
medcom/variants/DIS20_ERROR_XSL1.edi | 1 | message-value
medcom/variants/DIS20_ok.edi | 1 |
medcom/variants/DIS20_ok_UNA.edi | 1 |
medcom/variants/XBIN_hello_World.edi | 1 |
medcom/variants/XBIN_hello_World.xml | 1 |
medcom/xml-only/MiBaReport_Dyrkning1.xml | 1 |
medcom/xml-only/XRPT05_6092035412.xml | 1 |
medcom/xml-only/XRPT05_6092035424.xml | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__BasicPath.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__CollectionAndReceivedDate.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__basicScreen.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__codedTextResult.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__fasting.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__mutliSpecimen.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__quantity.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/documentation__example-edifact__textResult.edifact.dat | 1 | unb-missing unterminated unt-missing unz-missing
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__multi_pathology.edifact.dat | 3 | count-segments
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__nhsAck_example_IAF.txt | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__nhsAck_example_IRA.txt | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__nhsAck_example_IRM.txt | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__pathology_2.edifact.dat | 1 | count-segments
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__pathology_IAF.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__pathology_IRA.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/edifact__pathology_IRM.edifact.dat | 2 | unt-missing duplicate-message reference-message count-messages
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS002__interchange_parsing_failure_with_nhsack.edifact.dat | 1 | count-messages reference-interchange
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS002__message_parsing_failure_without_nhsack.edifact.dat | 1 | reference-message
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS003__message_parsing_failure_with_nhsack.edifact.dat | 1 | reference-message
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS004__screening_interchange_parsing_failure_with_nhsack.edifact.dat | 1 | reference-interchange
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS004__screening_invalid_coded_value_without_nhsack.edifact.dat | 1 | count-segments
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS004__screening_invalid_investigation_report_with_nhsack.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/failure_uat_data__NHS004__screening_missing_investigation_text_with_nhsack.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/success_uat_data__NHS002__full_acceptance_with_nhsack.edifact.dat | 2 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/success_uat_data__NHS003__full_acceptance_with_nhsack.edifact.dat | 3 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/success_uat_data__NHS004__screening_full_acceptance_with_nhsack.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-lab-results/success_uat_data__NHS004__screening_multi_message_with_nhsack.edifact.dat | 3 | count-segments
edifact-samples/NHSDigital__integration-adaptor-nhais/edifact__inbound_example.txt | 2 |
edifact-samples/NHSDigital__integration-adaptor-nhais/edifact__multi_transaction.1.dat | 4 |
edifact-samples/NHSDigital__integration-adaptor-nhais/edifact__multi_transaction.1.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/edifact__registration.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/edifact__registration_recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__amendment__amend-erase-mixed.edifact.dat | 1 | count-segments
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__amendment__amend-erase-mixed.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__amendment__erase-all-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__amendment__erase-all-1.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__amendment__live-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__amendment__live-1.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__approval__app-j-without-nhs-number.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__approval__app-j-without-nhs-number.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__close_quarter_notification__close-quarter-notification.edifact.dat | 1 | unterminated unz-missing
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__close_quarter_notification__close-quarter-notification.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__deduction__app-j-2.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__deduction__app-j-2.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__deduction_rejection__live-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__deduction_rejection__live-1.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__fp69_flag_removal__live-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__fp69_flag_removal__live-1.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__fp69_prior_notification__min.edifact.dat | 1 | count-segments
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__fp69_prior_notification__min.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__rejection__full-character-set.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/inbound_uat_data__rejection__full-character-set.recep.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type1-birth-app-j.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type2-first-all.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type2-first-mandatory-with-birthplace.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type3-transferin-all.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type3-transferin-mandatory-birthplace.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type4-immigrant-all.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__acceptance__type4-immigrant-mandatory-birthplace.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__address-erase-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__amend-all.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__app-j-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__app-j-3.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__erase-all-2.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__live-1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__amendment__name-erase1.edifact.dat | 1 |
edifact-samples/NHSDigital__integration-adaptor-nhais/outbound_uat_data__deduction__live-1.edifact.dat | 1 |
edifact-samples/anatoli308__edifacts/EANCOM__DespatchAdvice.txt | 1 | count-messages
edifact-samples/anatoli308__edifacts/EANCOM__Invoice.txt | 1 | count-messages
edifact-samples/anatoli308__edifacts/EANCOM__PurchaseOrderResponse.txt | 1 |
edifact-samples/anatoli308__edifacts/EDIFACT__Bayplan.txt | 1 | element-too-long count-segments
edifact-samples/anatoli308__edifacts/EDIFACT__CorruptUnb.txt | 0 | not-edifact
edifact-samples/anatoli308__edifacts/EDIFACT__DuplicateGroup.txt | 2 | duplicate-group duplicate-message
edifact-samples/anatoli308__edifacts/EDIFACT__DuplicateMessage.txt | 2 | duplicate-message
edifact-samples/anatoli308__edifacts/EDIFACT__MixedTransactions.txt | 2 |
edifact-samples/anatoli308__edifacts/EDIFACT__PassengerData.txt | 1 |
edifact-samples/anatoli308__edifacts/EDIFACT__PurchaseOrder.txt | 1 |
edifact-samples/anatoli308__edifacts/EDIFACT__PurchaseOrderCustom1.txt | 1 |
edifact-samples/anatoli308__edifacts/EDIFACT__PurchaseOrderInvalid.txt | 1 |
edifact-samples/anatoli308__edifacts/EDIFACT__PurchaseOrders.txt | 2 |
edifact-samples/anatoli308__edifacts/SCRIPT__MixedTransactions.txt | 0 | unb-missing segment-outside unz-missing
edifact-samples/anatoli308__edifacts/SCRIPT__PrescriptionRequestCorruptHeader.txt | 0 | unb-missing segment-outside unz-missing
edifact-samples/anatoli308__edifacts/SCRIPT__PrescriptionRequest_NEWRX.txt | 0 | unb-missing segment-outside unz-missing
edifact-samples/hupe1980__edifact-rs/d01b_invoic_conforming.edi | 1 | unb-missing unz-missing
edifact-samples/hupe1980__edifact-rs/d01b_orders_conforming.edi | 1 | unb-missing unz-missing
edifact-samples/hupe1980__edifact-rs/d11a_conforming.edi | 1 | unb-missing unz-missing
edifact-samples/hupe1980__edifact-rs/d11a_malformed_component.edi | 1 | unb-missing unz-missing
edifact-samples/hupe1980__edifact-rs/d96a_invoic_malformed.edi | 1 | unb-missing unz-missing
edifact-samples/hupe1980__edifact-rs/d96a_orders_malformed.edi | 1 | unb-missing segment-outside count-segments unz-missing
edifact-samples/hupe1980__edifact-rs/orders_conforming.edi | 1 | unb-missing unz-missing
edifact-samples/indice-co__EDI.Net/Samples__Apperak_edi_out_issue235.edi | 1 | element-missing syntax-unsupported unz-missing
edifact-samples/indice-co__EDI.Net/Samples__edifact.01.multi-message.edi | 2 | count-segments duplicate-message reference-interchange
edifact-samples/indice-co__EDI.Net/Samples__edifact.D01B.IFCSUM.EDI | 1 | invalid-character count-segments
edifact-samples/indice-co__EDI.Net/Samples__edifact.D95B.CUSCAR.EDI | 1 | element-too-long element-missing invalid-character count-segments
edifact-samples/indice-co__EDI.Net/Samples__edifact.Issue121.ElementList.Conditions.edi | 1 | element-missing syntax-unsupported count-segments
edifact-samples/indice-co__EDI.Net/Samples__edifact.Issue149.SegmentGroups.edi | 1 | count-segments
edifact-samples/indice-co__EDI.Net/Samples__edifact.Issue157.Wikipedia.edi | 1 |
edifact-samples/indice-co__EDI.Net/Samples__edifact.Issue174.edi | 1 | element-missing syntax-unsupported count-segments
edifact-samples/indice-co__EDI.Net/Samples__edifact.Issue196.edi | 1 | count-segments
edifact-samples/indice-co__EDI.Net/Samples__edifact.Issue98.edi | 1 | element-missing syntax-unsupported
edifact-samples/indice-co__EDI.Net/Samples__edifact.ORDRSP.edi | 1 | count-segments reference-message reference-interchange
edifact-samples/nerdocs__pydifact/hl7.lab | 0 | element-missing element-value segment-outside tag-invalid unz-missing
edifact-samples/nerdocs__pydifact/invoice1.edi | 1 |
edifact-samples/nerdocs__pydifact/messages__v3__aperak.edi | 1 | invalid-character count-segments
edifact-samples/nerdocs__pydifact/messages__v4__aperak.edi | 1 | invalid-character count-segments
edifact-samples/nerdocs__pydifact/order.edi | 1 | unz-missing
edifact-samples/nerdocs__pydifact/patient1.edi | 1 | element-missing element-value reference-interchange
edifact-samples/nerdocs__pydifact/patient3.edi | 1 | element-missing element-value utf8-as-latin1 unterminated unt-missing unz-missing
edifact-samples/nerdocs__pydifact/wikipedia_de.edi | 1 | reference-interchange
edifact-samples/smooks__smooks-edi-cartridge/edg__src__test__resources__invoic__invoic.txt | 1 |
edifact-samples/smooks__smooks-edi-cartridge/edg__src__test__resources__paxlst__paxlst.txt | 1 |
edifact-samples/smooks__smooks-edi-cartridge/edi-sax__src__test__java__org__smooks__edi__edisax__unedifact__no_ung__unedifact-msg-01.edi | 3 | element-too-long invalid-character tag-invalid count-segments duplicate-message count-messages reference-interchange
edifact-samples/smooks__smooks-edi-cartridge/edi-sax__src__test__java__org__smooks__edi__edisax__unedifact__with_ung__unedifact-msg-01.edi | 3 | element-too-long invalid-character element-missing tag-invalid count-segments mixed-levels duplicate-message reference-interchange
edifact-samples/smooks__smooks-edi-cartridge/edi-sax__src__test__java__org__smooks__edi__edisax__unedifact__with_ung__unedifact-msg-03.edi | 3 | element-too-long invalid-character element-missing tag-invalid count-segments mixed-levels duplicate-message reference-interchange
edifact-samples/smooks__smooks-edi-cartridge/edi-sax__src__test__java__org__smooks__edi__edisax__unedifact__with_ung__unedifact-msg-05.edi | 1 | element-too-long invalid-character segment-outside element-type tag-invalid count-segments reference-interchange
edifact-samples/smooks__smooks-edi-cartridge/edifact-cartridge__src__test__resources__data__INVOIC_D.03B_Interchange_with_UNA.txt | 1 | count-segments
edifact-samples/xlate__staedi/EDIFACT__empty-segment-example.edi | 1 |
edifact-samples/xlate__staedi/EDIFACT__invoic_d93a_una.edi | 1 | utf8-as-latin1 invalid-character
edifact-samples/xlate__staedi/EDIFACT__invoic_d97b_bad.edi | 1 | invalid-character
edifact-samples/xlate__staedi/EDIFACT__issue106__null-pointer-example.edi | 1 |
edifact-samples/xlate__staedi/EDIFACT__issue128__wrapped_invoic_d97b.edi | 1 | utf8-as-latin1
edifact-samples/xlate__staedi/EDIFACT__issue174__other_dialect_term_segments.edi | 1 |
edifact-samples/xlate__staedi/EDIFACT__pnrgov.edi | 1 |
`;

/** What each sample must yield: number of messages and errors, by path. */
export const verdicts: Readonly<Record<string, readonly [messages: number, errors: string]>> =
  Object.fromEntries(
    table
      .trim()
      .split("\n")
      .map((line) => {
        const [path = "", messages = "", errors = ""] = line.split("|").map((cell) => cell.trim());
        return [path, [Number(messages), errors]];
      }),
  );
