package io.gramian.edge.kernel;

/** The rows of a linear map that is multiplied; read-only, shared by all threads. */
public sealed interface WeightRows extends StoredRows permits FourBitRows, PlainRows {}
