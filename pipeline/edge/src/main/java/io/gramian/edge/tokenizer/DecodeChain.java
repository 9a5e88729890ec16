package io.gramian.edge.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The decoding of one text: each step gives on to the next, the last one to the text. */
final class DecodeChain {

  private final StringBuilder text = new StringBuilder();
  private final List<DecodeStep> steps = new ArrayList<>();
  private final List<Consumer<String>> entries = new ArrayList<>();

  DecodeChain(List<DecodeStep.Factory> factories) {
    Consumer<String> next = text::append;
    entries.add(next);
    for (int i = factories.size() - 1; i >= 0; i--) {
      DecodeStep step = factories.get(i).create();
      Consumer<String> after = next;
      next = token -> step.accept(token, after);
      steps.add(0, step);
      entries.add(0, next);
    }
  }

  void accept(String token) {
    entries.get(0).accept(token);
  }

  /** What is certain of the text so far and has not been taken. */
  String takeSettled() {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).settle(entries.get(i + 1));
    }
    return take();
  }

  /** All of the text that has not been taken. */
  String takeAll() {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).end(entries.get(i + 1));
    }
    return take();
  }

  private String take() {
    String taken = text.toString();
    text.setLength(0);
    return taken;
  }
}
