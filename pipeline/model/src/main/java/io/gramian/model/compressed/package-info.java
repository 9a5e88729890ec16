/**
 * A packed artifact as a Hugging Face folder of compressed-tensors, format {@code pack-quantized}:
 * what transformers loads with the package of that name, and vLLM by itself.
 *
 * <p>Linear maps of layers stay in 4 bits. Embedding and head are F32 tables: the format is one for
 * linear layers, readers take no packed embedding, and vLLM no packed head. F32, because a product
 * of an F16 scale and a 4-bit value has more digits than F16 or BF16 hold.
 */
package io.gramian.model.compressed;
