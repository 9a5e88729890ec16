package io.gramian.edge.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** Reads the part {@code decoder} of {@code tokenizer.json} as steps from tokens to text. */
final class DecoderReader {

  private static final String KNOWN =
      "ByteLevel, Metaspace, ByteFallback, Replace, Fuse, Strip and Sequence";

  private final List<DecodeStep.Factory> steps = new ArrayList<>();

  /** Whether the tokens have been joined: what follows sees one text, here in fragments. */
  private boolean fused;

  private DecoderReader() {}

  static List<DecodeStep.Factory> read(Section decoder) {
    DecoderReader reader = new DecoderReader();
    reader.add(decoder);
    return List.copyOf(reader.steps);
  }

  private void add(Section decoder) {
    switch (decoder.type()) {
      case "ByteLevel" -> {
        requireTokens(decoder);
        steps.add(ByteLevelStep::new);
        fused = true;
      }
      case "ByteFallback" -> {
        requireTokens(decoder);
        steps.add(ByteFallbackStep::new);
      }
      case "Metaspace" -> {
        requireTokens(decoder);
        steps.add(Metaspace.readDecoder(decoder));
      }
      case "Fuse" -> fused = true;
      case "Replace" -> addReplace(decoder);
      case "Strip" -> addStrip(decoder);
      case "Sequence" -> decoder.sections("decoders").forEach(this::add);
      default -> throw decoder.unsupportedType(KNOWN);
    }
  }

  private void requireTokens(Section decoder) {
    if (fused) {
      throw decoder.wrong(
          "type",
          "is %s after the tokens have been joined, where Gramian reads Replace of one character"
                  .formatted(Section.quoted(decoder.type()))
              + " and Strip at the start only");
    }
  }

  private void addReplace(Section decoder) {
    TextPattern pattern = TextPattern.read(decoder);
    if (!pattern.isCharacter()) {
      requireTokens(decoder);
    }
    String content = decoder.text("content");
    steps.add(() -> new ReplaceStep(pattern, content));
  }

  private void addStrip(Section decoder) {
    String content = decoder.character("content");
    int start = decoder.count("start");
    int stop = decoder.count("stop");
    if (stop > 0) {
      requireTokens(decoder);
    }
    steps.add(
        fused
            ? () -> new StripStartStep(content, start)
            : () -> new StripStep(content, start, stop));
  }
}
