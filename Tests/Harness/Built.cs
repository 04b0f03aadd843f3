using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace ModelCompiler.Tests.Harness;

/// <summary>Programs that are built with the tests.</summary>
static class Built
{
    /// <summary>Runs one as its users do.</summary>
    /// <param name="program">Name of its assembly.</param>
    /// <param name="arguments">Its command line.</param>
    public static Task<Command> Run(string program, params IEnumerable<string> arguments)
    {
        string assembly = typeof(Built).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Built." + program).Value!;
        return Command.DotNet(System.IO.Path.GetTempPath(), [assembly, .. arguments]);
    }
}
