using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cuda;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Structs and numbers are those of CUDA's headers: a wrong one would be silent. Sizes and offsets were read off cuda.h and
/// cublasLt.h of versions 12 and 13 as bindings of other languages state them.</summary>
public sealed class NativeLayoutTests
{
    [Fact]
    public void Structs_HaveTheSizesOfTheHeaders()
    {
        Assert.Equal(16, Unsafe.SizeOf<CudaUuid>());
        Assert.Equal(56, Unsafe.SizeOf<LaunchConfig>());
        Assert.Equal(72, Unsafe.SizeOf<LaunchAttribute>());
        Assert.Equal(72, Unsafe.SizeOf<KernelNodeParameters>());
        Assert.Equal(24, Unsafe.SizeOf<GraphUpdateInfo>());
        Assert.Equal(96, Unsafe.SizeOf<CudaBlasLtAlgorithm>());
    }

    [Theory]
    [InlineData(typeof(LaunchConfig), nameof(LaunchConfig.SharedBytes), 24)]
    [InlineData(typeof(LaunchConfig), nameof(LaunchConfig.Stream), 32)]
    [InlineData(typeof(LaunchConfig), nameof(LaunchConfig.Attributes), 40)]
    [InlineData(typeof(LaunchConfig), nameof(LaunchConfig.AttributeCount), 48)]
    [InlineData(typeof(LaunchAttribute), nameof(LaunchAttribute.Id), 0)]
    [InlineData(typeof(LaunchAttribute), nameof(LaunchAttribute.ClusterX), 8)]
    [InlineData(typeof(LaunchAttribute), nameof(LaunchAttribute.ClusterZ), 16)]
    [InlineData(typeof(LaunchAttribute), nameof(LaunchAttribute.Switch), 8)]
    [InlineData(typeof(KernelNodeParameters), nameof(KernelNodeParameters.GridX), 8)]
    [InlineData(typeof(KernelNodeParameters), nameof(KernelNodeParameters.SharedBytes), 32)]
    [InlineData(typeof(KernelNodeParameters), nameof(KernelNodeParameters.Arguments), 40)]
    [InlineData(typeof(KernelNodeParameters), nameof(KernelNodeParameters.Kernel), 56)]
    [InlineData(typeof(KernelNodeParameters), nameof(KernelNodeParameters.Context), 64)]
    [InlineData(typeof(GraphUpdateInfo), nameof(GraphUpdateInfo.ErrorNode), 8)]
    [InlineData(typeof(CudaBlasLtAlgorithm), nameof(CudaBlasLtAlgorithm.Workspace), 64)]
    [InlineData(typeof(CudaBlasLtAlgorithm), nameof(CudaBlasLtAlgorithm.Status), 72)]
    [InlineData(typeof(CudaBlasLtAlgorithm), nameof(CudaBlasLtAlgorithm.WaveCount), 76)]
    public void Field_IsWhereTheHeaderHasIt(Type type, string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));

    [Theory]
    [InlineData(CudaResult.OutOfMemory, 2, "CUDA_ERROR_OUT_OF_MEMORY")]
    [InlineData(CudaResult.NoDevice, 100, "CUDA_ERROR_NO_DEVICE")]
    [InlineData(CudaResult.NoBinaryForGpu, 209, "CUDA_ERROR_NO_BINARY_FOR_GPU")]
    [InlineData(CudaResult.EccUncorrectable, 214, "CUDA_ERROR_ECC_UNCORRECTABLE")]
    [InlineData(CudaResult.InvalidPtx, 218, "CUDA_ERROR_INVALID_PTX")]
    [InlineData(CudaResult.UnsupportedPtxVersion, 222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION")]
    [InlineData(CudaResult.NotFound, 500, "CUDA_ERROR_NOT_FOUND")]
    [InlineData(CudaResult.NotReady, 600, "CUDA_ERROR_NOT_READY")]
    [InlineData(CudaResult.IllegalAddress, 700, "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData(CudaResult.MisalignedAddress, 716, "CUDA_ERROR_MISALIGNED_ADDRESS")]
    [InlineData(CudaResult.LaunchFailed, 719, "CUDA_ERROR_LAUNCH_FAILED")]
    [InlineData(CudaResult.StreamCaptureUnsupported, 900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED")]
    [InlineData(CudaResult.GraphExecUpdateFailure, 910, "CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE")]
    [InlineData((CudaResult)12345, 12345, "CUDA error 12345")]
    internal void Result_HasTheHeadersNumberAndName(CudaResult result, int number, string name)
    {
        Assert.Equal(number, (int)result);
        Assert.Equal(name, CudaResultNames.NameOf(result));
    }

    /// <summary>Numbers of CUDA that are written down here a second time: a slip in one of the two shows.</summary>
    [Fact]
    public void Constants_AreThoseOfTheHeaders()
    {
        (Enum Value, int Number)[] table =
        [
            (CudaBlasLtEpilogue.Default, 1), (CudaBlasLtEpilogue.Relu, 2), (CudaBlasLtEpilogue.Bias, 4), (CudaBlasLtEpilogue.ReluBias, 6),
            (CudaBlasLtEpilogue.Gelu, 32), (CudaBlasLtEpilogue.GeluBias, 36), (CudaBlasLtEpilogue.ReluAux, 130), (CudaBlasLtEpilogue.ReluAuxBias, 134),
            (CudaBlasLtEpilogue.ReluGradient, 136), (CudaBlasLtEpilogue.ReluBiasGradient, 152), (CudaBlasLtEpilogue.GeluAux, 160),
            (CudaBlasLtEpilogue.GeluAuxBias, 164), (CudaBlasLtEpilogue.GeluGradient, 192), (CudaBlasLtEpilogue.GeluBiasGradient, 208),
            (CudaBlasLtEpilogue.BiasGradientOfA, 256), (CudaBlasLtEpilogue.BiasGradientOfB, 512),
            (MatmulAttribute.ComputeType, 0), (MatmulAttribute.ScaleType, 1), (MatmulAttribute.PointerMode, 2), (MatmulAttribute.TransposeA, 3),
            (MatmulAttribute.TransposeB, 4), (MatmulAttribute.Epilogue, 7), (MatmulAttribute.BiasPointer, 8), (MatmulAttribute.AuxPointer, 11),
            (MatmulAttribute.AuxStride, 12), (MatmulAttribute.ScalePointerA, 17), (MatmulAttribute.ScalePointerD, 20), (MatmulAttribute.AmaxPointerD, 21),
            (MatmulAttribute.AuxDataType, 22), (MatmulAttribute.FastAccumulation, 25), (MatmulAttribute.BiasDataType, 26), (MatmulAttribute.ScaleModeA, 31),
            (LayoutAttribute.Type, 0), (LayoutAttribute.Order, 1), (LayoutAttribute.Rows, 2), (LayoutAttribute.Columns, 3), (LayoutAttribute.Stride, 4),
            (LayoutAttribute.BatchCount, 5), (LayoutAttribute.BatchStride, 6),
            (PreferenceAttribute.MaxWorkspaceBytes, 1), (PreferenceAttribute.AlignmentA, 5), (PreferenceAttribute.AlignmentD, 8),
            (CudaBlasLtScaleMode.Scalar, 0), (CudaBlasLtScaleMode.OuterVector, 3), (CudaBlasLtScaleMode.Vector128, 4), (CudaBlasLtScaleMode.Block128, 5),
            (CudaDataType.Float32, 0), (CudaDataType.Float64, 1), (CudaDataType.Float16, 2), (CudaDataType.Int8, 3), (CudaDataType.UInt8, 8),
            (CudaDataType.Int32, 10), (CudaDataType.BFloat16, 14), (CudaDataType.Float8E4M3, 28), (CudaDataType.Float8E5M2, 29),
            (CudaBlasComputeType.Float16, 64), (CudaBlasComputeType.Float32, 68), (CudaBlasComputeType.Int32, 72),
            (CudaBlasComputeType.Float32FastBFloat16, 75), (CudaBlasComputeType.Float32FastTensorFloat32, 77),
            (DeviceAttribute.MultiprocessorCount, 16), (DeviceAttribute.L2CacheBytes, 38), (DeviceAttribute.ComputeCapabilityMajor, 75),
            (DeviceAttribute.ComputeCapabilityMinor, 76), (DeviceAttribute.SharedMemoryPerBlockOptIn, 97), (DeviceAttribute.MemoryPoolsSupported, 115),
            (FunctionAttribute.LocalBytes, 3), (FunctionAttribute.Registers, 4), (FunctionAttribute.MaxDynamicSharedBytes, 8),
            (LaunchAttributeId.Cooperative, 2), (LaunchAttributeId.ClusterDimension, 4), (LaunchAttributeId.ProgrammaticStreamSerialization, 6),
            (MemoryPoolAttribute.ReleaseThreshold, 4), (NvrtcResult.Compilation, 6), (NvrtcResult.BuiltinOperationFailure, 7),
            (BlasStatus.NotSupported, 15), (CaptureMode.ThreadLocal, 1), (JitOption.ErrorLogBuffer, 5),
        ];
        Assert.All(table, row => Assert.Equal(row.Number, Convert.ToInt32(row.Value)));
    }
}
