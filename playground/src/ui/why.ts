// Of each setting: what it is, in a sentence or two, and something to try.

import type { Config } from "../engine/config";

export interface Why {
  text: string;
  tries: [string, Partial<Config>][];
}

export const WHY: Record<keyof Config, Why> = {
  hidden: {
    text: "Layers between the picture and the code; the decoder has the same ones in reverse. Without any, each number of the code is one weighted sum of the pixels. That is about what PCA finds (principal component analysis): a mean picture plus a few fixed patterns, each times a number.",
    tries: [["Try no hidden layer", { hidden: [], activation: "linear" }], ["Try four", { hidden: [256, 128, 64, 32] }]],
  },
  code: {
    text: "The bottleneck: all that the decoder is told about a digit. Fewer numbers keep less, and y blurs where several digits share a code.",
    tries: [["Try 1", { code: 1 }], ["Try 16", { code: 16 }]],
  },
  activation: {
    text: "What each unit makes of its sum: ReLU turns what is below 0 into 0, tanh and sigmoid bend it between two limits. With “linear” all layers together are no more than one.",
    tries: [["Try linear", { activation: "linear" }], ["Try tanh", { activation: "tanh" }]],
  },
  loss: {
    text: "How y is compared with x, pixel by pixel. Squared error is the difference times itself, and 0 for a perfect copy. Cross-entropy takes each pixel of y as the chance of ink there: a pixel that is sure and wrong costs most. Its numbers are larger and never reach 0, so the two cannot be compared.",
    tries: [["Try squared error", { loss: "mse" }]],
  },
  corruption: {
    text: "The network gets a damaged picture x̃ and has to give back x. It can only do that by knowing what digits look like.",
    tries: [["Try a covered block", { corruption: "block", level: 0.4, code: 16 }], ["Try noise", { corruption: "gaussian", level: 0.5, code: 16 }]],
  },
  level: {
    text: "How strong the damage is. The more is lost, the more the network has to guess.",
    tries: [["Try very much", { level: 0.8 }]],
  },
  penalty: {
    text: "Is added to the loss. L1 makes numbers of the code small. KL (Kullback–Leibler divergence) makes a variational autoencoder (VAE): each code is drawn at random around a mean, and KL pulls all of them towards one bell curve around 0, so the gaps close.",
    tries: [["Try KL", { penalty: "kl", weight: 0.001 }]],
  },
  weight: {
    text: "How much the penalty counts beside the difference of y and x. With too much, all digits get the same code.",
    tries: [["Try too much", { weight: 0.1 }]],
  },
  optimizer: {
    text: "How a weight follows its gradient. Adam chooses the length of each weight's step by itself, SGD always goes rate times gradient.",
    tries: [["Try SGD", { optimizer: "sgd", rate: 1 }]],
  },
  rate: {
    text: "How far the weights move in one step, which is one look at a batch of pictures. Too small, and nothing seems to happen; too large, and the training runs away.",
    tries: [["Try too small", { rate: 0.0001 }], ["Try too large", { rate: 1 }]],
  },
  batch: {
    text: "How many pictures one step averages over. An epoch has as many steps as it takes to see all of them once. Few make each step quick and restless, many make it slow and steady.",
    tries: [["Try 8", { batch: 8 }], ["Try 400", { batch: 400 }]],
  },
  classes: {
    text: "Which digits are there to learn. With few kinds even a small code has room for the way each one is written.",
    tries: [["Try 3 and 8 only", { classes: [3, 8] }]],
  },
  seed: {
    text: "Decides the first weights and the order of the digits. The same seed gives the same run; another one shows what was luck.",
    tries: [["Try another", { seed: 1 }]],
  },
  data: {
    text: "What the network learns from: 2,000 digits, 2,000 pieces of clothing, or pictures that you add below. It knows nothing but what it has seen.",
    tries: [["Try clothing", { data: "clothes" }], ["Try digits", { data: "digits" }]],
  },
};

// What an example is, where its name does not say it.
export const EXPLAINED: Record<string, string> = {
  "one number": "a code of a single number",
  "like PCA": "weighted sums alone, which find about what principal component analysis (PCA) finds: a mean picture plus a few fixed patterns",
  "repairs noise": "it gets noisy pictures and has to give back clean ones",
  "a VAE": "a variational autoencoder, which draws its code around a mean",
  "much room": "a code of 64 numbers, so it hardly has to squeeze",
};

// Whole settings to start from, beside the defaults.
export const EXAMPLES: [string, Partial<Config>][] = [
  ["one number", { code: 1 }],
  ["like PCA", { hidden: [], activation: "linear", loss: "mse", rate: 0.003 }],
  ["repairs noise", { code: 16, corruption: "gaussian", level: 0.5 }],
  ["a VAE", { penalty: "kl", weight: 0.001 }],
  ["much room", { hidden: [256], code: 64 }],
];
