"""What the engine does not compute as ONNX's suite expects it, and why. What passes may not stand here."""

_REASONS = {
    "sequences of tensors are no type of the engine": """
        test_sequence_model1 test_sequence_model2 test_sequence_model3 test_sequence_model4
        test_sequence_model5 test_sequence_model6 test_sequence_model7 test_sequence_model8""",
    "one branch gives another number of axes": """
        test_affine_grid_2d_align_corners_expanded test_affine_grid_2d_expanded
        test_affine_grid_3d_align_corners_expanded""",
    "float16 is rounded after every operation": "test_causal_conv_with_state_silu_fp16_expanded",
}
MISSES = {name: reason for reason, names in _REASONS.items() for name in names.split()}
