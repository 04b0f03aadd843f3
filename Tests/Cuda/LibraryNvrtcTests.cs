using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda;

/// <summary>The kernels that are twins of the CPU's routines, and the real compiler: they compile without a warning for every element type,
/// spill nothing, and stay below their registers.</summary>
public sealed class LibraryNvrtcTests
{
    /// <summary>Most registers of each kernel, of all its element types, as NVRTC 11.8 gives them, rounded up to the next 8.</summary>
    static readonly Dictionary<string, int> Ceilings = new()
    {
        ["gather"] = 40, ["pad"] = 48, ["insert"] = 40, ["flip"] = 40,
        ["sort_count"] = 40, ["sort_scan"] = 40, ["sort_move"] = 40, ["row_bounds"] = 16, ["sum_parts"] = 96, ["sum_parts_single"] = 64, ["sum_rows"] = 40,
        ["cumulative_sum"] = 64,
        ["adamw"] = 48, ["sgd"] = 40, ["lion"] = 40, ["copy_weights"] = 32,
        ["squared_norm"] = 32, ["finish_norm"] = 32, ["clamp_gradients"] = 32, ["add_gradients"] = 32, ["scale_gradients"] = 32, ["average_weights"] = 32, ["step_layout"] = 24,
        ["average"] = 40, ["average_by_warp"] = 40, ["share"] = 64, ["pick"] = 40, ["spread"] = 40,
        ["convolution_forward"] = 208, ["convolution_input_gradient"] = 168, ["convolution_weight_gradient"] = 168,
        ["add_parts"] = 24, ["depthwise_forward"] = 40, ["depthwise_input_gradient"] = 48, ["depthwise_weight_gradient"] = 40,
        ["strided_product"] = 208, ["strided_copy"] = 56,
        ["adafactor_rows"] = 32, ["adafactor_means"] = 32, ["adafactor_columns"] = 40, ["adafactor_measure"] = 40, ["adafactor_factors"] = 32, ["adafactor_apply"] = 32,
        ["first_not_finite"] = 32,
        ["take_orders"] = 24, ["skip_where_found"] = 16, ["add_to_product"] = 40, ["gelu_of_product"] = 40,
        ["gelu_gradient_of_product"] = 40, ["sum_operand_rows"] = 48, ["upload"] = 40, ["note"] = 16, ["finish"] = 64, ["combine"] = 40, ["copy_unless_halted"] = 24, ["hold_back"] = 16, ["unscale"] = 24, ["adapt_loss_scale"] = 16,
        ["muon_direction"] = 32, ["muon_norms"] = 32, ["muon_scale"] = 32, ["muon_step"] = 32,
    };

    static readonly string[] Elements = ["float", "bf16", "f16"];

    static readonly (string File, string[] Defines)[] Texts =
    [
        .. ((string[])["uint4", "uint32_t", "uint16_t", "uint8_t"]).Select(w => ("rows", (string[])[$"WORD={w}"])),
        .. Elements.Select(e => ("scatter_add", (string[])[$"ELEMENT={e}"])),
        .. Elements.Select(e => ("cumulative_sum", (string[])[$"ELEMENT={e}"])),
        .. Elements.Select(e => ("optimizer", (string[])[$"COPY={e}"])),
        .. Elements.Select(e => ("numbers", (string[])[$"ELEMENT={e}"])),
        ("program", []), ("gradients", []), ("adafactor", []), ("muon", []),
        .. ((string[])["LEFT=float RIGHT=float RESULT=float", "LEFT=bf16 RIGHT=bf16 RESULT=bf16", "LEFT=f16 RIGHT=f16 RESULT=float", "LEFT=bf16 RIGHT=float RESULT=float"])
            .Select(d => ("strided_product", d.Split(' '))),
        .. Elements.Select(e => ("strided_copy", (string[])[$"ELEMENT={e}"])),
        .. Elements.Select(e => ("pooling", (string[])[$"ELEMENT={e}"])),
        .. Elements.Select(e => ("convolution", (string[])[$"ELEMENT={e}"])),
        ("convolution", ["ELEMENT=bf16", "RESULT=float"]), ("depthwise", ["ELEMENT=bf16", "RESULT=float"]),
        .. Elements.Select(e => ("product_epilogues", (string[])[$"ELEMENT={e}"])),
        .. Elements.Select(e => ("add_parts", (string[])[$"GRADIENT={e}"])),
        .. Elements.Select(e => ("depthwise", (string[])[$"ELEMENT={e}", $"GRADIENT={e}"])),
    ];

    public static TheoryData<string, string> Cases => [.. Texts.Select(t => new TheoryDataRow<string, string>(t.File, string.Join(' ', t.Defines)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_CompileWithoutSpillsBelowTheirCeilings(string file, string defines)
    {
        CudaRuntimeCompiler compiler = RealCompiler.OrSkip();
        string text = KernelLibrary.TextOf(file);
        string[] options = [.. KernelLibrary.OptionsOf(defines.Split(' ', StringSplitOptions.RemoveEmptyEntries)), "--ptxas-options=-v"];
        List<string> wrong = [];
        foreach (CudaComputeCapability capability in (CudaComputeCapability[])[new(8, 0), new(9, 0)])
        {
            CudaCode code = compiler.Compile(file + ".cu", text, capability, options);
            Assert.DoesNotContain("warning", code.Log, StringComparison.Ordinal);
            IReadOnlyList<KernelReport> reports = KernelReport.Read(code.Log);
            Assert.NotEmpty(reports);
            foreach (KernelReport report in reports)
            {
                if (report.SpillBytes != 0 || report.StackBytes != 0 || report.SharedBytes > 48 * 1024
                    || !Ceilings.TryGetValue(report.Kernel, out int ceiling) || report.Registers > ceiling)
                    wrong.Add($"{report} {defines}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void EveryCeiling_IsOfAKernelThatIsThere()
    {
        string all = string.Concat(Texts.Select(t => t.File).Distinct().Select(KernelLibrary.TextOf));
        Assert.All(Ceilings.Keys, kernel => Assert.Contains($" {kernel}(", all, StringComparison.Ordinal));
    }
}
