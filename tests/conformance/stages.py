"""The stage of each operator of ONNX: 1 is what no framework can do without, 2 more, 3 the long tail."""

_STAGES = {
    1: """
    Abs Add Sub Mul Div Neg Pow Sqrt Exp Log Reciprocal Sign Min Max Mean Sum Mod Floor Ceil Round Clip
    Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Equal Greater GreaterOrEqual Less
    LessOrEqual And Or Xor Not Where IsNaN IsInf Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid
    HardSwish Softplus Softsign Softmax LogSoftmax Gelu Mish Swish ThresholdedRelu Shrink Hardmax SwiGLU
    ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
    ReduceSumSquare ArgMax ArgMin CumSum MatMul Gemm Conv ConvTranspose MaxPool AveragePool
    GlobalMaxPool GlobalAveragePool LpPool GlobalLpPool BatchNormalization LayerNormalization
    InstanceNormalization GroupNormalization RMSNormalization LRN LpNormalization
    MeanVarianceNormalization Dropout Reshape Transpose Flatten Squeeze Unsqueeze Concat Split Slice Pad
    Expand Tile Shape Size Identity Cast CastLike DepthToSpace SpaceToDepth Trilu Constant
    ConstantOfShape Range EyeLike OneHot Gather GatherElements GatherND ScatterElements ScatterND TopK
    NonZero NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss Gradient Adam Adagrad Momentum
    """,
    2: """
    RNN LSTM GRU Attention LinearAttention RotaryEmbedding TensorScatter CausalConvWithState If Loop
    Scan Resize Upsample GridSample AffineGrid CenterCropPad Einsum Det CumProd Scatter Compress
    ReverseSequence Unique QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv
    QLinearMatMul ConvInteger MatMulInteger Bernoulli RandomNormal RandomNormalLike RandomUniform
    RandomUniformLike Multinomial
    """,
    3: """
    NonMaxSuppression RoiAlign MaxRoiPool DeformConv Col2Im MaxUnpool DFT STFT MelWeightMatrix
    HannWindow HammingWindow BlackmanWindow BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitShift BitCast
    SequenceInsert SequenceMap SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceLength
    SplitToSequence ConcatFromSequence Optional OptionalGetElement OptionalHasElement
    """,
}
STAGE = {op: stage for stage, ops in _STAGES.items() for op in ops.split()}
OTHER = 4
"""Strings, pictures in files, decision trees, and what is only a preview."""


def stage_of(op: str, domain: str) -> int:
    """The stage of an operator."""
    return OTHER if domain.startswith("ai.onnx.ml") else STAGE.get(op, OTHER)
