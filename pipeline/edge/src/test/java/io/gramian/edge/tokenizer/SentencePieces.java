package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** The sample's merges of plain ASCII as those of a SentencePiece model. */
final class SentencePieces {

  private static final Pattern PLAIN = Pattern.compile("[!-~Ġ]+");
  private static final String LETTERS = "éß中文▁";

  private final ObjectNode vocab;
  private final ArrayNode merges;

  private SentencePieces(ObjectNode vocab, ArrayNode merges) {
    this.vocab = vocab;
    this.merges = merges;
  }

  /** The file without normaliser and pre-tokenizer, with or without a token for each byte. */
  static ObjectNode of(ObjectNode sample, boolean bytes) {
    ObjectNode root = sample.deepCopy();
    SentencePieces pieces = new SentencePieces(sample.objectNode(), sample.arrayNode());
    pieces.addSpecial(root, bytes);
    pieces.addModel(sample);
    ObjectNode model = (ObjectNode) root.get("model");
    model.set("vocab", pieces.vocab);
    model.set("merges", pieces.merges);
    model.put("unk_token", "<unk>").put("byte_fallback", bytes).put("fuse_unk", true);
    root.putNull("pre_tokenizer");
    return root;
  }

  private void addSpecial(ObjectNode root, boolean bytes) {
    ArrayNode added = root.putArray("added_tokens");
    for (String token : new String[] {"<unk>", "<s>", "</s>"}) {
      add(token);
      ObjectNode entry = (ObjectNode) TinyTokenizers.json("{'special':true,'normalized':false}");
      for (String rule : new String[] {"single_word", "lstrip", "rstrip"}) {
        entry.put(rule, false);
      }
      added.add(entry.put("id", vocab.get(token).intValue()).put("content", token));
    }
    for (int value = 0; bytes && value < 256; value++) {
      add(ByteToken.of(value));
    }
  }

  private void addModel(ObjectNode sample) {
    LETTERS.codePoints().forEach(letter -> add(Character.toString(letter)));
    for (JsonNode merge : sample.at("/model/merges")) {
      String left = merge.get(0).textValue();
      String right = merge.get(1).textValue();
      if (PLAIN.matcher(left + right).matches()) {
        (left + right).chars().forEach(letter -> add(Character.toString(letter)));
        add(left + right);
        merges.addArray().add(spelled(left)).add(spelled(right));
      }
    }
  }

  private void add(String token) {
    if (!vocab.has(spelled(token))) {
      vocab.put(spelled(token), vocab.size());
    }
  }

  private static String spelled(String token) {
    return token.replace('Ġ', '▁');
  }
}
