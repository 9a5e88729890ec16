package io.gramian.model.compressed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.checkpoint.HfConfig;
import io.gramian.model.export.PlainLayers;
import java.util.List;

/** The model's {@code config.json}, with the export's sizes and what compressed-tensors reads. */
final class CompressedConfig {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final CompressedModel model;

  CompressedConfig(CompressedModel model) {
    this.model = model;
  }

  /** The text of the new file. */
  String of(HfConfig original) {
    try {
      ObjectNode config = (ObjectNode) MAPPER.readTree(original.text());
      // Newer transformers write dtype, and read either.
      config.remove("dtype");
      config.put("torch_dtype", "float32");
      config.put("tie_word_embeddings", false);
      config.put("head_dim", PlainLayers.of(model.spec()).headSize());
      config.put("intermediate_size", model.mlpSize());
      if (model.becomesLlama()) {
        config.put("model_type", "llama");
        config.putArray("architectures").add("LlamaForCausalLM");
        config.put("attention_bias", true);
      }
      config.set("quantization_config", quantisation());
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      return MAPPER
              .writer(new DefaultPrettyPrinter().withObjectIndenter(lines))
              .writeValueAsString(config)
          + "\n";
    } catch (JsonProcessingException e) {
      // The same text was parsed when the artifact was opened.
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode quantisation() {
    ObjectNode quantisation = MAPPER.createObjectNode();
    quantisation.put("quant_method", "compressed-tensors");
    quantisation.put("format", "pack-quantized");
    quantisation.put("quantization_status", "compressed");
    quantisation.putArray("ignore").add("lm_head");
    ObjectNode groups = quantisation.putObject("config_groups");
    model.mapsBySize().forEach((size, maps) -> add(groups, size, maps));
    return quantisation;
  }

  private static void add(ObjectNode groups, int size, List<String> maps) {
    ObjectNode group = groups.putObject("group_" + groups.size());
    ArrayNode targets = group.putArray("targets");
    maps.forEach(map -> targets.add("re:.*\\." + map + "$"));
    group
        .putObject("weights")
        .put("num_bits", 4)
        .put("type", "int")
        .put("symmetric", true)
        .put("strategy", "group")
        .put("group_size", size)
        .put("dynamic", false);
  }
}
