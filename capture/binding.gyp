# The recorder as a Node addon: build/offcut-capture.node, made by `npm run build:addon`, which first
# makes build/libcapture.a of everything but main.c. Lies here and not in the package's root, where
# npm would take it as an order to compile on every install.
{
  "targets": [
    {
      "target_name": "offcut-capture",
      "dependencies": ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api"],
      "sources": ["addon.cc"],
      # The headers are C: static assertions have another name there.
      "defines": ["NAPI_VERSION=8", "_Static_assert=static_assert"],
      "cflags_cc": ["-std=gnu++17", "-Wall", "-Wextra", "-Wno-unused-parameter"],
      "ldflags": ["-Wl,--strip-all"],
      "libraries": ["<(module_root_dir)/../build/libcapture.a"]
    },
    {
      "target_name": "place",
      "type": "none",
      "dependencies": ["offcut-capture"],
      "copies": [
        {
          "files": ["<(PRODUCT_DIR)/offcut-capture.node"],
          "destination": "<(module_root_dir)/../build"
        }
      ]
    }
  ]
}
