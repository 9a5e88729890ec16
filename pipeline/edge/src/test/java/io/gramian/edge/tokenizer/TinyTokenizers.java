package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.checkpoint.LocalDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Small files of every kind of tokenizer: the sample model's 4,096 tokens and merges in the parts
 * that published models have.
 */
final class TinyTokenizers {

  static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

  static final Path SAMPLE = Path.of(System.getProperty("gramian.root"), "calibration-data");

  static final String LLAMA3_WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String QWEN2_WORDS = LLAMA3_WORDS.replace("\\p{N}{1,3}", "\\p{N}");

  private static final String NEMOTRON_WORDS =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String SPELLING =
      """
      {'type':'Sequence','normalizers':[{'type':'Strip','strip_left':true,'strip_right':true},
        {'type':'Replace','pattern':{'Regex':'\\\\s{2,}'},'content':' $1 '},
        {'type':'Replace','pattern':{'String':'.'},'content':'\\\\.'},
        {'type':'Prepend','prepend':'+'}]}""";

  private static final String LITERAL_SPLIT =
      "{'type':'Split','pattern':{'String':'.'},'behavior':'MergedWithPrevious','invert':false}";

  private TinyTokenizers() {}

  /** The kinds that encode bytes, so that decoding gives back any text. */
  static Map<String, String> byteLevel() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("sample", sample().toString());
    kinds.put("gpt2", gpt2().toString());
    kinds.put("llama3", llama3().toString());
    kinds.put("smollm2", withWords("{'type':'Digits','individual_digits':true}", true));
    kinds.put("digit runs", withWords("{'type':'Digits','individual_digits':false}", true));
    kinds.put("nemotron-h", withWords(split(NEMOTRON_WORDS, "Isolated", false), false));
    for (String behavior :
        new String[] {"Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"}) {
      kinds.put("split " + behavior, withWords(split("\\s", behavior, false), false));
      kinds.put("split to " + behavior, withWords(split("\\w+|[^\\w\\s]", behavior, true), false));
    }
    return kinds;
  }

  /** The kinds that change a text for good. */
  static Map<String, String> others() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("qwen2", normalized("{'type':'NFC'}", split(QWEN2_WORDS, "Isolated", false)));
    for (String form : new String[] {"NFD", "NFKC", "NFKD", "Lowercase"}) {
      kinds.put(
          form, normalized("{'type':'%s'}".formatted(form), split("\\s+", "Isolated", false)));
    }
    kinds.put("spelling", normalized(SPELLING, split("\\d+", "Contiguous", false)));
    kinds.put("strip left", normalized(strip(true, false), split("x", "Removed", false)));
    kinds.put("strip right", normalized(strip(false, true), split("x", "Removed", true)));
    kinds.put("literal split", normalized("null", LITERAL_SPLIT));
    kinds.put("gpt-neox", neox().toString());
    kinds.put("prefix space", prefixSpace().toString());
    kinds.put("added rules", addedRules().toString());
    kinds.put("llama2", llama2().toString());
    kinds.put("llama2, bytes missing", withoutSomeBytes(true).toString());
    kinds.put("llama2, bytes missing, not fused", withoutSomeBytes(false).toString());
    for (String scheme : new String[] {"always", "first", "never"}) {
      kinds.put("metaspace " + scheme, metaspace(scheme, true).toString());
      kinds.put("metaspace, no split " + scheme, metaspace(scheme, false).toString());
    }
    kinds.put("no decoder", sample().putNull("decoder").toString());
    return kinds;
  }

  static Path write(Path folder, String json) {
    try {
      return Files.writeString(folder.resolve("tokenizer.json"), json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Tokenizer read(Path folder, String json) {
    write(folder, json);
    return Tokenizer.read(LocalDirectory.of(folder));
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode sample() {
    try {
      Path file = SAMPLE.resolve("llama-tiny/tokenizer.json");
      return (ObjectNode) MAPPER.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With the older spelling of merges. */
  private static ObjectNode gpt2() {
    ObjectNode root = sample();
    ArrayNode spelled = MAPPER.createArrayNode().add("#version: 0.2");
    for (JsonNode merge : root.at("/model/merges")) {
      spelled.add(merge.get(0).textValue() + " " + merge.get(1).textValue());
    }
    ((ObjectNode) root.get("model")).set("merges", spelled);
    root.set(
        "post_processor",
        json("{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false}"));
    return root;
  }

  static ObjectNode llama3() {
    ObjectNode root = sample();
    ((ObjectNode) root.get("model")).put("ignore_merges", true);
    for (String token : new String[] {"<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"}) {
      addToken(root, token, "'special':true,'normalized':false");
    }
    root.set("pre_tokenizer", words(split(LLAMA3_WORDS, "Isolated", false), false));
    root.set(
        "post_processor",
        json(
            """
            {'type':'Sequence','processors':[{'type':'ByteLevel','add_prefix_space':true,
                'trim_offsets':false,'use_regex':true},
              {'type':'TemplateProcessing',
                'single':[{'SpecialToken':{'id':'<|begin_of_text|>','type_id':0}},
                  {'Sequence':{'id':'A','type_id':0}}],
                'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':1}}],
                'special_tokens':{'<|begin_of_text|>':{'id':'<|begin_of_text|>','ids':[4096],
                  'tokens':['<|begin_of_text|>']}}}]}"""));
    return root;
  }

  private static ObjectNode neox() {
    ObjectNode root = sample();
    root.set("normalizer", json("{'type':'NFC'}"));
    addToken(root, "<|padding|>", "'special':true,'normalized':false");
    for (int spaces = 12; spaces >= 2; spaces--) {
      addToken(root, " ".repeat(spaces), "'special':false,'normalized':true");
    }
    root.set(
        "post_processor",
        json("{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true}"));
    return root;
  }

  private static ObjectNode prefixSpace() {
    ObjectNode root = sample();
    addToken(root, "<sep>", "'special':false,'normalized':false");
    root.set(
        "pre_tokenizer", json("{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}"));
    return root;
  }

  private static ObjectNode addedRules() {
    ObjectNode root = sample();
    root.set("normalizer", json("{'type':'Lowercase'}"));
    addToken(root, "<mask>", "'special':true,'normalized':false,'lstrip':true");
    addToken(root, "<end>", "'special':true,'normalized':false,'rstrip':true");
    addToken(root, "<both>", "'special':false,'normalized':false,'rstrip':true,'lstrip':true");
    addToken(root, "Word", "'special':false,'normalized':true,'single_word':true");
    addToken(root, "Wordy", "'special':false,'normalized':true");
    addToken(root, "é", "'special':false,'normalized':true,'single_word':true");
    return root;
  }

  static ObjectNode llama2() {
    ObjectNode root = SentencePieces.of(sample(), true);
    root.set(
        "normalizer",
        json(
            """
            {'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},
              {'type':'Replace','pattern':{'String':' '},'content':'▁'}]}"""));
    root.set(
        "post_processor",
        json(
            """
            {'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},
                {'Sequence':{'id':'A','type_id':0}},{'SpecialToken':{'id':'</s>','type_id':0}}],
              'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':1}}],
              'special_tokens':{'<s>':{'id':'<s>','ids':[1],'tokens':['<s>']},
                '</s>':{'id':'</s>','ids':[2],'tokens':['</s>']}}}"""));
    root.set(
        "decoder",
        json(
            """
            {'type':'Sequence','decoders':[
              {'type':'Replace','pattern':{'String':'▁'},'content':' '},{'type':'ByteFallback'},
              {'type':'Fuse'},{'type':'Strip','content':' ','start':1,'stop':0}]}"""));
    return root;
  }

  private static ObjectNode withoutSomeBytes(boolean fuseUnknown) {
    ObjectNode root = llama2();
    ObjectNode model = (ObjectNode) root.get("model");
    model.put("fuse_unk", fuseUnknown);
    ((ObjectNode) model.get("vocab")).remove(List.of("<0xD0>", "<0x8D>", "<0x0A>"));
    return root;
  }

  private static ObjectNode metaspace(String scheme, boolean split) {
    ObjectNode root = SentencePieces.of(sample(), false);
    ((ObjectNode) root.get("model")).put("fuse_unk", split);
    String part =
        "{'type':'Metaspace','replacement':'▁','prepend_scheme':'%s','split':%s}"
            .formatted(scheme, split);
    root.set("pre_tokenizer", json(part));
    root.set("decoder", json(part));
    return root;
  }

  /** Adds a token with the id that the reference library gives it. */
  static void addToken(ObjectNode root, String content, String rules) {
    ArrayNode tokens = (ArrayNode) root.get("added_tokens");
    JsonNode vocab = root.at("/model/vocab");
    int id = vocab.size();
    for (JsonNode token : tokens) {
      id += token.get("id").intValue() >= vocab.size() ? 1 : 0;
    }
    ObjectNode token =
        (ObjectNode) json("{'single_word':false,'lstrip':false,'rstrip':false," + rules + "}");
    tokens.add(token.put("id", vocab.path(content).asInt(id)).put("content", content));
  }

  static String normalized(String normalizer, String words) {
    ObjectNode root = sample();
    root.set("normalizer", json(normalizer));
    root.set("pre_tokenizer", words(words, false));
    return root.toString();
  }

  private static String strip(boolean left, boolean right) {
    return "{'type':'Strip','strip_left':%s,'strip_right':%s}".formatted(left, right);
  }

  static String withWords(String first, boolean regex) {
    ObjectNode root = sample();
    root.set("pre_tokenizer", words(first, regex));
    return root.toString();
  }

  private static JsonNode words(String first, boolean regex) {
    return json(
        """
        {'type':'Sequence','pretokenizers':[%s,{'type':'ByteLevel','add_prefix_space':false,
          'trim_offsets':true,'use_regex':%s}]}"""
            .formatted(first, regex));
  }

  static String split(String regex, String behavior, boolean invert) {
    ObjectNode split = MAPPER.createObjectNode().put("type", "Split");
    split.putObject("pattern").put("Regex", regex);
    return split.put("behavior", behavior).put("invert", invert).toString();
  }
}
