//! Journeys with the Open Payments SDK.
